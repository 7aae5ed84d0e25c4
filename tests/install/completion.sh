# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # program and work are check's
# The completion, asked as bash asks it.

# offered WORD…: what is offered for the last word of a command line.
offered() {
  (
    # shellcheck source=completions/nvresume
    . completions/nvresume
    COMP_WORDS=("$program" "$@")
    COMP_CWORD=$#
    _nvresume "$program" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}" | sort
  )
}

expect() {
  local wanted=$1
  shift
  diff <(tr ' ' '\n' <<<"$wanted") <(offered "$@") || fail "for: nvresume $*"
}

check_first_word_completes_to_every_command() {
  diff <({ commands && printf '%s\n' --help --version; } | sort) <(offered '') || fail "commands: < wanted, > offered"
}

check_options_of_every_command_are_offered() {
  local command
  for command in $(commands); do
    diff <({ options "$command" && echo --help; } | sort -u) <(offered "$command" -) ||
      fail "$command: < wanted, > offered" || return
  done
}

check_values_are_offered_behind_their_option() {
  expect 'auto raw zstd' save --encoding '' && expect zstd save --encoding z &&
    expect 'auto platform shutdown' save --mode '' && expect platform save --mode = p
}

check_inspect_completes_file_names() {
  touch "$work/copy-of-the-range"
  expect "$work/copy-of-the-range" inspect "$work/copy"
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2016,SC2154 # backticks of Markdown; program is check's
# The manual pages against the program's help, its settings and docs/format.md.

# page NAME: a page as plain text, in lines so long that no option is broken at its hyphen.
page() { mandoc -T ascii -O width=500 "man/$1" | col -b; }

check_every_command_has_a_page_with_its_options() {
  local command option bad=0
  for command in $(commands); do
    [[ -f man/nvresume-$command.8 ]] || { fail "man/nvresume-$command.8 is missing" || bad=1 && continue; }
    page nvresume.8 | grep -q "nvresume-$command(8)" || fail "nvresume.8 does not name $command" || bad=1
    for option in $(options "$command") --help; do
      page "nvresume-$command.8" | grep -qE -e "$option\b" ||
        fail "nvresume-$command.8 lacks $option" || bad=1
    done
  done
  return $bad
}

check_every_fixed_value_is_in_its_commands_page() {
  local command value bad=0
  for command in $(commands); do
    for value in $("$program" "$command" --help | grep -oE -e '--[a-z-]+ [a-z]+(\|[a-z]+)+' | sed 's/.* //; s/|/ /g'); do
      page "nvresume-$command.8" | grep -qw "$value" || fail "nvresume-$command.8 lacks the value $value" || bad=1
    done
  done
  return $bad
}

check_every_setting_is_in_the_configurations_page() {
  local key bad=0 keys
  keys=$(grep -rhoE 'read_setting\("[a-z-]+"\)' resume kernel-cmdline | grep -oE '"[a-z-]+"' | tr -d '"' | sort -u)
  [[ -n $keys ]] || fail "no setting found in the program" || return
  for key in $keys; do
    page nvresume.conf.5 | grep -q "$key=" || fail "nvresume.conf.5 lacks $key" || bad=1
  done
  return $bad
}

check_every_field_is_in_the_variables_page() {
  local field bad=0 fields
  fields=$(sed -n '/^## EFI variables/,/^## Exit/s/^| [0-9].*`\([a-z_]*\)`.*/\1/p' docs/format.md | grep -vx zero)
  [[ -n $fields ]] || fail "no field found in docs/format.md" || return
  for field in $fields; do
    page nvresume-efi-variables.5 | grep -qw "$field" || fail "nvresume-efi-variables.5 lacks $field" || bad=1
  done
  return $bad
}

check_every_exit_status_is_in_the_overview() {
  local status bad=0 known
  known=$(sed -n '/^## Exit/,/^## Reasons/s/^| \([0-9]\{1,\}\) .*/\1/p' docs/format.md)
  [[ -n $known ]] || fail "no exit status found in docs/format.md" || return
  for status in $known; do
    page nvresume.8 | sed -n '/^EXIT STATUS/,/^DIAG/p' | grep -qE "^[[:blank:]]+${status}[[:blank:]]" ||
      fail "nvresume.8 lacks exit status $status" || bad=1
  done
  return $bad
}

check_every_reason_is_explained() {
  local code status sentence bad=0 text known=0
  text=$(page nvresume-reasons.7 | tr -s ' \n\t' ' ')
  while IFS='|' read -r _ _ code status sentence _; do
    code=${code//[\` ]/} status=${status// /} known=$((known + 1))
    sentence=$(echo "$sentence" | sed 's/^ *//; s/ *$//; s/./\u&/')
    [[ $text == *" $code ($status) $sentence."* ]] || fail "nvresume-reasons.7 lacks: $code ($status) $sentence." || bad=1
  done < <(sed -n '/^## Reasons/,/^## Example/p' docs/format.md | grep -E '^\| [0-9]+ ')
  ((known > 50)) || fail "no reasons found in docs/format.md" || bad=1
  return $bad
}

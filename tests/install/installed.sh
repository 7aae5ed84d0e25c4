# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # work is check's
# What `make install` puts where, against tests/install/installed-files.

# installed PREFIX: installs below a directory of its own and lists it as the committed list does.
installed() {
  local root=$work/root$1 prefix=${1#/} version kernel
  version=$(sed -n 's/^VERSION := //p' Makefile)
  make --no-print-directory install DESTDIR="$root" PREFIX="$1" >"$work/install.log" 2>&1 ||
    { cat "$work/install.log" && return 1; }
  kernel=$(basename "$(cat build/driver/kernel)")
  (cd "$root" && find . -type f -printf '%m %P\n') |
    sed "s|nvresume-$version/|nvresume-@VERSION@/|; s|/${kernel#linux-headers-}/|/@KERNEL@/|" >"$work/list"
  # The fixed places are below usr too: only what PREFIX moves is written as such in the list.
  sed "s|@PREFIX@|$prefix|" tests/install/installed-files | LC_ALL=C sort -k 2 >"$work/expected"
  LC_ALL=C sort -k 2 "$work/list" | diff "$work/expected" - || fail "make install PREFIX=$1: < listed, > installed"
}

check_another_prefix_moves_every_path() {
  installed /opt/nvresume || return
  # The initramfs has the program where its own units look, whatever the prefix.
  ! grep -rlaE '/usr/(sbin/nvresume|lib/nvresume)' "$work/root/opt/nvresume/opt/nvresume/sbin" \
    "$work/root/opt/nvresume/usr/lib/systemd" || fail "these still name /usr"
  grep -q '^program=/opt/nvresume/sbin/nvresume$' \
    "$work/root/opt/nvresume/usr/lib/dracut/modules.d/55nvresume/module-setup.sh" ||
    fail "the dracut module takes the program from elsewhere"
}

check_no_driver_that_can_be_made_to_fail_is_installed() {
  installed /opt/nvresume || return
  ! find "$work/root/opt/nvresume/lib/modules" -name nvm_swap.ko -exec modinfo -F parm {} + | grep fail_after_bytes ||
    fail "the installed driver is the tests' own"
  ! grep -rl 'fail_after_bytes' "$work/root/opt/nvresume/usr/src" || fail "this can be built into the driver"
}

# Runs last of the three (by name), so that build/ ends as it began.
check_every_file_is_installed() { installed /usr; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut module: the driver, the program, and the two steps of a resume, ordered before anything
# reads or writes a disk. dracut sources this file; nothing of it runs at boot.

# The Makefile's PREFIX sets it; dracut's own search path knows /usr alone.
program=/usr/sbin/nvresume

# Only on request (add_dracutmodules, written by `nvresume setup`): a machine that merely has the
# package installed keeps the initramfs it had.
check() {
  require_binaries "$program" || return 1
  return 255
}

depends() {
  echo udev-rules
}

# Not through the host-only filter: at setup time neither is loaded yet. efivarfs is a module on
# Debian, and the range the stage published is read through it.
installkernel() {
  hostonly='' instmods efivarfs
  # shellcheck disable=SC2154 # dracut's name of the kernel the image is for
  hostonly='' instmods -c -s nvm_swap ||
    dwarning "nvresume: no nvm_swap module for kernel $kernel: this initramfs cannot resume"
}

install() {
  inst "$program" /usr/sbin/nvresume
  inst_multiple modprobe mkdir
  inst_rules 60-nvresume.rules
  # shellcheck disable=SC2154 # moddir, systemdsystemunitdir, SYSTEMCTL and initdir are dracut's
  inst_script "$moddir/nvresume-restore.sh" /lib/dracut/nvresume-restore.sh
  if dracut_module_included systemd; then
    install_units
  else
    install_hooks
  fi
}

# The numbers put ours before whatever else stands in the same hook.
install_hooks() {
  inst_hook pre-trigger 05 "$moddir/nvresume-pre-trigger.sh"
  inst_hook initqueue 00 "$moddir/nvresume-late.sh"
  inst_hook pre-mount 01 "$moddir/nvresume-late.sh"
}

install_units() {
  local unit
  # shellcheck disable=SC2154
  for unit in nvresume-attach.service nvresume-restore.service nvresume-restore-late.service; do
    inst_simple "$moddir/$unit" "$systemdsystemunitdir/$unit"
    $SYSTEMCTL -q --root "$initdir" add-wants initrd.target "$unit"
  done
  inst_simple "$moddir/resume-device.conf" \
    "$systemdsystemunitdir/dev-NVM_SWAP.device.d/zz-nvresume.conf"
  inst_simple "$moddir/hibernate-resume.conf" \
    "$systemdsystemunitdir/systemd-hibernate-resume@.service.d/nvresume.conf"
}

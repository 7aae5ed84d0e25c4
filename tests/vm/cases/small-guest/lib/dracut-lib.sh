#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The one function of dracut's library that nvresume's hooks use, for an initramfs that dracut did not make.

# getargbool DEFAULT NAME: the last NAME=VALUE of the kernel's command line decides.
getargbool() {
  _value=$1
  read -r _cmdline </proc/cmdline
  for _word in $_cmdline; do
    case $_word in
      "$2" | "$2=1" | "$2=yes") _value=1 ;;
      "$2=0" | "$2=no") _value=0 ;;
    esac
  done
  [ "$_value" = 1 ]
}

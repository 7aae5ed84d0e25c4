#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run_unit.sh PROGRAM PREFIX: runs one gtest program, prints its output in one piece (several run
# at once) and writes PREFIX.count as "passed failed". Succeeds also when tests fail, so that every
# program runs; sum_unit.sh says no at the end.
set -u
program=$1
prefix=$2

"$program" >"$prefix.log" 2>&1
status=$?
passed=$(grep -c '^\[       OK \]' "$prefix.log")
failed=$(grep -c '^\[  FAILED  \] .*ms)$' "$prefix.log")
# Aborted by a sanitizer or a signal: the test that was running printed no result.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
  failed=1
fi
echo "$passed $failed" >"$prefix.count"
if [ "$failed" -eq 0 ]; then
  grep -E '^(seed:|\[==========\] [0-9]+ tests? .*ran|\[  PASSED  \])' "$prefix.log" | sed "s|^|$program: |"
else
  echo "$program: exit status $status"
  cat "$prefix.log"
fi

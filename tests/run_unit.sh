#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run_unit.sh PROGRAM PREFIX: runs one gtest program, prints its output in one piece (several run
# at once) and writes PREFIX.count as "passed failed skipped". Succeeds also when tests fail, so that every
# program runs; sum_unit.sh says no at the end.
set -u
program=$1
prefix=$2

"$program" >"$prefix.log" 2>&1
status=$?
passed=$(grep -ac '^\[       OK \]' "$prefix.log")
failed=$(grep -ac '^\[  FAILED  \] .*ms)$' "$prefix.log")
# Aborted by a sanitizer or a signal: the test that was running printed no result.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
  failed=1
fi
# googletest lists a skipped test again at the end; its reason stands behind the first line.
skipped=$(grep -ac '^\[  SKIPPED \] .*ms)$' "$prefix.log")
echo "$passed $failed $skipped" >"$prefix.count"
if [ "$failed" -eq 0 ]; then
  {
    grep -aE '^(seed:|states:|\[==========\] [0-9]+ tests? .*ran|\[  PASSED  \])' "$prefix.log"
    grep -aA 1 --no-group-separator ': Skipped$' "$prefix.log"
  } | sed "s|^|$program: |"
else
  echo "$program: exit status $status"
  cat "$prefix.log"
fi

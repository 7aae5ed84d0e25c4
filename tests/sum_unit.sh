#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sum_unit.sh DIR VARIANT-GROUP…: adds up what run_unit.sh counted; DIR/unit.count gets the sum.
set -eu
directory=$1
shift
passed=0
failed=0
skipped=0
for run in "$@"; do
  read -r run_passed run_failed run_skipped <"$directory/${run%%-*}/${run#*-}.count"
  passed=$((passed + run_passed))
  failed=$((failed + run_failed))
  skipped=$((skipped + run_skipped))
done
echo "$passed $failed $skipped" >"$directory/unit.count"
echo "unit: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

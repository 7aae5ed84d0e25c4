# SPDX-License-Identifier: GPL-2.0-or-later
# The whole machine measured. Its smoke run in a guest is a case of check-vm (tests/vm/cases/bench.py).
.PHONY: bench bench-swapin check-bench
bench: ## nvresume beside the kernel's hibernation, in a guest; docs/bench.md (root; about 25 minutes, nothing else running)
	tests/install-packages build vm
	$(MAKE) --no-print-directory -j$(JOBS) all
	tests/bench/machine

bench-swapin: ## what is swapped out for a save, and comes back after it; docs/bench.md (root; about ten minutes)
	tests/install-packages build vm
	$(MAKE) --no-print-directory -j$(JOBS) all
	tests/bench/swapin

check-bench: ## what the benchmark reads, sums up and draws, from recorded consoles; what the harness makes of its cases
	@tests/bench/check

# SPDX-License-Identifier: GPL-2.0-or-later
# Unit and crash tests: one program a group and a variant. A group is the folder under test: every
# tests/unit/resume_*_test.cc links the resume group's sources, efi_* and setup_* theirs, the rest
# image's alone; tests/crash/ is a group of its own. What is tested is compiled again for each
# variant, once. {RESUME,SETUP,EFI}_TEST_{SOURCES,LIBS,CXXFLAGS} come from those folders' build.mk, which
# are read before this file.
TEST_BUILD := $(BUILD)/tests
TEST_VARIANTS := plain asan tsan
# Without sanitizers the same tests tell less: `make run-plain-resume` while working, for its speed.
CHECKED_VARIANTS := asan tsan
TEST_GROUPS := image crash resume setup efi
GOOGLETEST ?= /usr/src/googletest/googletest
# Seconds for each fuzz target of `make fuzz`.
FUZZ_SECONDS ?= 30

TEST_FLAGS_plain := -O2
# -O1: sanitized code at -O2 compiles half as fast again and runs no faster here.
TEST_FLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
TEST_FLAGS_tsan := -O1 -fsanitize=thread
TEST_LINK_FLAGS_asan := -fsanitize=address,undefined
TEST_LINK_FLAGS_tsan := -fsanitize=thread
# gtest's own headers are not ours to warn about.
# -g1: line numbers for a sanitizer's report; full debug information doubles the build's time.
TEST_CXXFLAGS := $(PROJECT_CXXFLAGS) -g1 -isystem $(GOOGLETEST)/include

UNIT_TESTS := $(wildcard tests/unit/*_test.cc)
TEST_FILES_resume := $(filter tests/unit/resume_%,$(UNIT_TESTS)) tests/test_image.cc
TEST_FILES_efi := $(filter-out tests/unit/efi_variables_test.cc,$(filter tests/unit/efi_%,$(UNIT_TESTS)))
TEST_FILES_setup := $(filter tests/unit/setup_%,$(UNIT_TESTS))
TEST_FILES_image := $(filter-out $(TEST_FILES_resume) $(TEST_FILES_setup) $(TEST_FILES_efi),$(UNIT_TESTS)) \
  tests/test_image.cc
TEST_FILES_crash := $(wildcard tests/crash/*.cc) tests/test_image.cc
TEST_SOURCES_image := $(IMAGE_SOURCES) tests/golden/golden_file.cc
# What stores to the NVM, and what that needs: the optimised variant of this group is compiled for
# nothing else.
TEST_SOURCES_crash := $(IMAGE_SOURCES) $(addprefix resume/,$(addsuffix .cc,attach boot_maps console decision \
  disk_signature encoding_trial frozen_userspace image_disk image_records image_slot locked_memory machine \
  memory_use nd_namespace published_range range_holder replay report_failure save_pipeline save_plan scrub \
  settle slot_ring switched_off system_files worker_team)) $(addprefix kernel-cmdline/,$(addsuffix .cc,change_gate durable_file \
  namespace_disk nvm_range range_view range_wipe)) efi/physical_nvm.cc
TEST_SOURCES_resume := $(IMAGE_SOURCES) $(RESUME_TEST_SOURCES)
TEST_SOURCES_setup := $(IMAGE_SOURCES) $(SETUP_TEST_SOURCES)
TEST_SOURCES_efi := $(IMAGE_SOURCES) $(EFI_TEST_SOURCES)
TEST_LIBS_image := $(IMAGE_LIBS)
TEST_LIBS_crash := $(RESUME_TEST_LIBS)
TEST_LIBS_resume := $(IMAGE_LIBS) $(RESUME_TEST_LIBS)
TEST_LIBS_setup := $(IMAGE_LIBS) $(SETUP_TEST_LIBS)
TEST_LIBS_efi := $(IMAGE_LIBS) $(EFI_TEST_LIBS)

# A group whose folder has no tests has no program.
TEST_GROUPS_PRESENT := $(foreach group,$(TEST_GROUPS),$(if $(TEST_FILES_$(group)),$(group)))
TEST_GROUPS_plain := $(TEST_GROUPS_PRESENT)
TEST_GROUPS_asan := $(TEST_GROUPS_PRESENT)
# Threads are started in resume/ alone; the others' code has one.
TEST_GROUPS_tsan := resume

# $(call test_variant,variant): compile anything of the tree, gtest and the precompiled gtest.h.
define test_variant
$(TEST_BUILD)/$1/%.o: %.cc
	@mkdir -p $$(@D)
	$$(CXX) $$(TEST_CXXFLAGS) $$(TEST_FLAGS_$1) $$(TEST_EXTRA_CXXFLAGS) -c -o $$@ $$<

$(TEST_BUILD)/$1/tests/%.o: tests/%.cc $(TEST_BUILD)/$1/prefix.h.gch
	@mkdir -p $$(@D)
	$$(CXX) -include $(TEST_BUILD)/$1/prefix.h $$(TEST_CXXFLAGS) $$(TEST_FLAGS_$1) \
	  $$(TEST_EXTRA_CXXFLAGS) -c -o $$@ $$<

$(TEST_BUILD)/$1/efi/%.o $(TEST_BUILD)/$1/tests/unit/efi_%.o: TEST_EXTRA_CXXFLAGS = $$(EFI_TEST_CXXFLAGS)
$(TEST_BUILD)/$1/resume/%.o $(TEST_BUILD)/$1/tests/unit/resume_%.o: TEST_EXTRA_CXXFLAGS = $$(RESUME_TEST_CXXFLAGS)

$(TEST_BUILD)/$1/prefix.h.gch:
	@mkdir -p $$(@D)
	printf '#include <gtest/gtest.h>\n' > $(TEST_BUILD)/$1/prefix.h
	$$(CXX) $$(TEST_CXXFLAGS) $$(TEST_FLAGS_$1) -x c++-header -o $$@ $(TEST_BUILD)/$1/prefix.h

# The driver's own source over tests/crash/kernel.h: what it includes of the kernel is there, and empty.
$(TEST_BUILD)/$1/tests/crash/driver_on_host.o: $(addprefix tests/crash/,driver_on_host.c driver_on_host.h kernel.h) \
  driver/nvm_swap.c driver/nvm_compat.h
	@mkdir -p $$(@D)/linux
	@touch $$$$(sed -n 's,^#include <\(linux/.*\)>$$$$,$$(@D)/\1,p' driver/nvm_swap.c driver/nvm_compat.h)
	$$(CC) -std=gnu11 -Wall -Werror -Wno-unused-function -g1 $$(TEST_FLAGS_$1) -I. -I$$(@D) -c -o $$@ $$<
$(TEST_BUILD)/$1/crash_tests: $(TEST_BUILD)/$1/tests/crash/driver_on_host.o

$(TEST_BUILD)/$1/gtest-all.o: $(GOOGLETEST)/src/gtest-all.cc
	@mkdir -p $$(@D)
	$$(CXX) $$(TEST_CXXFLAGS) -I$(GOOGLETEST) $$(TEST_FLAGS_$1) -w -c -o $$@ $$<
$(TEST_BUILD)/$1/gtest_main.o: $(GOOGLETEST)/src/gtest_main.cc
	@mkdir -p $$(@D)
	$$(CXX) $$(TEST_CXXFLAGS) -I$(GOOGLETEST) $$(TEST_FLAGS_$1) -w -c -o $$@ $$<
endef

# $(call test_program,variant,group): link one program, and the target that runs it.
define test_program
TEST_OBJECTS_$1_$2 := $(patsubst %.cc,$(TEST_BUILD)/$1/%.o,$(sort $(TEST_FILES_$2) $(TEST_SOURCES_$2)))
TEST_DEPENDENCIES += $$(TEST_OBJECTS_$1_$2:.o=.d)

$(TEST_BUILD)/$1/$2_tests: $$(TEST_OBJECTS_$1_$2) $(TEST_BUILD)/$1/gtest-all.o $(TEST_BUILD)/$1/gtest_main.o
	$$(CXX) $$(TEST_LINK_FLAGS_$1) -o $$@ $$^ $(TEST_LIBS_$2) -pthread

.PHONY: run-$1-$2
run-$1-$2: $(TEST_BUILD)/$1/$2_tests
	@tests/run_unit.sh $$< $(TEST_BUILD)/$1/$2
endef

$(foreach variant,$(TEST_VARIANTS),$(eval $(call test_variant,$(variant))))
$(foreach variant,$(TEST_VARIANTS),$(foreach group,$(TEST_GROUPS_$(variant)),\
  $(eval $(call test_program,$(variant),$(group)))))
TEST_RUNS := $(foreach variant,$(CHECKED_VARIANTS),$(foreach group,$(TEST_GROUPS_$(variant)),\
  run-$(variant)-$(group)))

# Sanitizers see every line of the crash tests, but too few states: a million of them run optimised.
TEST_RUNS += run-plain-crash

# Every flush in the source is one that a test misses when it is not there.
.PHONY: check-mutants check-flush-sites
check-mutants: ## take out one flush after the other: a crash test must fail (about five minutes)
	tests/crash/mutate
check-flush-sites:
	@tests/crash/mutate --check

# Only when a format version is born: its files are then history (tests/golden/make_golden.cc).
.PHONY: golden-images
golden-images: $(TEST_BUILD)/make_golden
	@mkdir -p tests/golden/v1
	$< tests/golden/v1
$(TEST_BUILD)/make_golden: $(addprefix $(TEST_BUILD)/plain/,tests/golden/make_golden.o \
  tests/golden/golden_file.o tests/test_image.o) $(IMAGE_SOURCES:%.cc=$(TEST_BUILD)/plain/%.o)
	$(CXX) -o $@ $^ $(IMAGE_LIBS)

.PHONY: check-unit
check-unit: $(TEST_RUNS) fuzz-smoke check-flush-sites ## unit, crash and format tests: asan+ubsan, tsan
	@tests/sum_unit.sh $(TEST_BUILD) $(TEST_RUNS:run-%=%)

.PHONY: check-direct
check-direct: all ## direct resume on every machine QEMU can be (root; about half an hour)
	tests/vm/check --tier direct

.PHONY: check-variety
check-variety: all ## other firmwares, initramfs, namespaces, kernels; setup taken back (root; about half an hour)
	tests/vm/check --tier variety

# PARTS: some of them (tests/vm/check --tier faults --list). What passed since the product last changed is not run again.
PARTS ?=
.PHONY: check-faults
check-faults: all ## faults at every step, in parts: PARTS="cuts stale ..." (root; up to an hour a part)
	tests/install-packages vm faults
	tests/vm/check --tier faults $(PARTS:%=--part %)

.PHONY: check-install
check-install: all ## installed files, manual pages and completion
	@tests/install/check

-include $(sort $(TEST_DEPENDENCIES))
include tests/fuzz/build.mk
include tests/bench/engine/build.mk

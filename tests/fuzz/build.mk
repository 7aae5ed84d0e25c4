# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets: every tests/fuzz/*_fuzz.cc, libFuzzer with asan and ubsan (clang). `make fuzz` gives
# each FUZZ_SECONDS; the smoke run inside check-unit only proves that they start and survive.
FUZZ_CXX ?= clang++-14
FUZZ_BUILD := $(BUILD)/tests/fuzz
FUZZ_SMOKE_RUNS := 3000
FUZZ_FLAGS := -std=c++20 -fno-exceptions -fno-rtti -I. -Wall -Wextra -Werror -O1 -g -MMD -MP \
  -fsanitize=address,undefined -fno-sanitize-recover=all

FUZZ_FILES := $(wildcard tests/fuzz/*_fuzz.cc)
FUZZ_NAMES := $(FUZZ_FILES:tests/fuzz/%_fuzz.cc=%)
FUZZ_PROGRAMS := $(FUZZ_NAMES:%=$(FUZZ_BUILD)/%)
FUZZ_IMAGE_OBJECTS := $(patsubst %.cc,$(FUZZ_BUILD)/%.o,$(IMAGE_SOURCES) tests/test_image.cc)
FUZZ_EFI_OBJECTS := $(patsubst %.cc,$(FUZZ_BUILD)/%.o,$(EFI_TEST_SOURCES))

$(FUZZ_BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(FUZZ_CXX) $(FUZZ_FLAGS) $(FUZZ_EXTRA_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

$(FUZZ_BUILD)/efi/%.o $(FUZZ_BUILD)/tests/fuzz/efi_%.o: FUZZ_EXTRA_FLAGS = $(EFI_TEST_CXXFLAGS)
# Has a pragma of GCC's alone; clang does not vectorize at -O1.
$(FUZZ_BUILD)/image/checksum_narrow.o: FUZZ_EXTRA_FLAGS = -Wno-unknown-pragmas
$(filter $(FUZZ_BUILD)/efi_%,$(FUZZ_PROGRAMS)): $(FUZZ_EFI_OBJECTS)

$(FUZZ_PROGRAMS): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%_fuzz.o $(FUZZ_IMAGE_OBJECTS)
	$(FUZZ_CXX) -fsanitize=fuzzer,address,undefined -o $@ $^ $(IMAGE_LIBS)

# Every run begins with the inputs kept in git (tests/fuzz/make-corpus); what a run finds beside them
# stays in build/. A crash leaves its input in build/tests/fuzz/NAME-crash…; run the program on it to see
# it again, and keep it with the others.
define fuzz_runs
.PHONY: fuzz-$1 fuzz-smoke-$1
fuzz-$1: $(FUZZ_BUILD)/$1
	@mkdir -p $(FUZZ_BUILD)/corpus/$1
	$(FUZZ_BUILD)/$1 -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(FUZZ_BUILD)/$1- \
	  -print_final_stats=1 $(FUZZ_BUILD)/corpus/$1 tests/fuzz/corpus/$1
fuzz-smoke-$1: $(FUZZ_BUILD)/$1
	@mkdir -p $(FUZZ_BUILD)/smoke/$1
	@$(FUZZ_BUILD)/$1 -runs=$(FUZZ_SMOKE_RUNS) -artifact_prefix=$(FUZZ_BUILD)/$1- \
	  $(FUZZ_BUILD)/smoke/$1 tests/fuzz/corpus/$1 \
	  >$(FUZZ_BUILD)/$1.log 2>&1 || { cat $(FUZZ_BUILD)/$1.log; exit 1; }
endef
$(foreach name,$(FUZZ_NAMES),$(eval $(call fuzz_runs,$(name))))

.PHONY: fuzz fuzz-smoke
fuzz: $(FUZZ_NAMES:%=fuzz-%) ## every fuzz target for FUZZ_SECONDS each
fuzz-smoke: $(FUZZ_NAMES:%=fuzz-smoke-%)

-include $(FUZZ_IMAGE_OBJECTS:.o=.d) $(FUZZ_EFI_OBJECTS:.o=.d) $(FUZZ_FILES:%.cc=$(FUZZ_BUILD)/%.d)

# SPDX-License-Identifier: GPL-2.0-or-later
# The UEFI stage: efi/ and the image library, freestanding, linked by GNU-EFI's start code and
# linker script into build/efi/nvresume.efi.
EFI_SOURCES := $(sort $(wildcard efi/*.cc))
# Firmware calls go through tables a test fakes, so that the whole stage runs on the host. Left out are
# the libc stand-ins and what no process may do: privileged instructions and the jump, which have fakes.
EFI_TEST_SOURCES := $(filter-out efi/freestanding.cc efi/handover.cc efi/privileged.cc,$(EFI_SOURCES)) \
  $(wildcard tests/unit/efi_fake_*.cc) tests/test_image.cc
EFI_TEST_CXXFLAGS := -DNVRESUME_VERSION='"$(VERSION)"'
EFI_IMAGE_SOURCES := $(IMAGE_STAGE_SOURCES)
EFI_ZSTD := $(BUILD)/efi/zstd/lib
EFI_ZSTD_FILES := common/entropy_common common/error_private common/fse_decompress common/xxhash \
  common/zstd_common decompress/huf_decompress decompress/zstd_ddict decompress/zstd_decompress \
  decompress/zstd_decompress_block
EFI_ZSTD_OBJECTS := $(EFI_ZSTD_FILES:%=$(BUILD)/efi/zstd-decoder/%.o)
EFI_OBJECTS := $(EFI_SOURCES:%.cc=$(BUILD)/efi/%.o) $(EFI_IMAGE_SOURCES:%.cc=$(BUILD)/efi/%.o) \
  $(BUILD)/efi/efi/trampoline.o
EFI_STAGE := $(BUILD)/efi/nvresume.efi

# No red zone: firmware's interrupt handlers run on our stack. No stack protector: nobody sets up
# its canary. No unwind tables: nothing unwinds. No threads: statics need no guards. -fbuiltin: see
# image/build.mk. PIC: the image is relocated where firmware loads it.
EFI_CXXFLAGS := $(PROJECT_CXXFLAGS) -O2 -g -ffreestanding -fbuiltin -fpic -fvisibility=hidden \
  -mno-red-zone -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
  -fno-unwind-tables -fno-threadsafe-statics -fno-use-cxa-atexit -fshort-wchar
EFI_LIBRARY_DIR ?= /usr/lib
EFI_LDFLAGS := -nostdlib -znocombreloc -znoexecstack -shared -Bsymbolic --no-undefined \
  -L$(EFI_LIBRARY_DIR) -T $(EFI_LIBRARY_DIR)/elf_x86_64_efi.lds
# Every section that is loaded; check-sections fails when the linker makes one not named here.
EFI_SECTIONS := .text .reloc .data .dynamic .rela .dynsym .dynstr

# A loop recognized as memcpy must not become a call of memcpy inside memcpy.
$(BUILD)/efi/efi/freestanding.o: EFI_CXXFLAGS += -fno-tree-loop-distribute-patterns -fno-builtin

$(BUILD)/efi/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(EFI_CXXFLAGS) -c -o $@ $<

$(BUILD)/efi/efi/trampoline.o: efi/trampoline.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# The decoder alone, under the stage's rules (above). No heap: the macros take zstd's away, and only
# its entry points with caller's memory are called. No assembler: it has a red zone of its own.
$(EFI_ZSTD)/zstd.h: efi/fetch-zstd
	ZSTD_SRC=$(ZSTD_SRC) efi/fetch-zstd $(BUILD)/efi
	@touch $@
$(EFI_ZSTD_FILES:%=$(EFI_ZSTD)/%.c): $(EFI_ZSTD)/zstd.h ;
EFI_ZSTD_CFLAGS := -std=gnu11 -O3 -DNDEBUG -ffreestanding -fbuiltin -fpic -fvisibility=hidden -mno-red-zone \
  -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fno-unwind-tables \
  -DZSTD_DISABLE_ASM -DZSTD_LEGACY_SUPPORT=0 -DZSTD_TRACE=0 -DZSTD_STRIP_ERROR_STRINGS \
  -DXXH_NAMESPACE=ZSTD_ -DZSTD_DEPS_MALLOC '-DZSTD_malloc(s)=((void)(s),(void*)0)' \
  '-DZSTD_calloc(n,s)=((void)(n),(void)(s),(void*)0)' '-DZSTD_free(p)=((void)(p))'
$(BUILD)/efi/zstd-decoder/%.o: $(EFI_ZSTD)/%.c
	@mkdir -p $(@D)
	$(CC) $(EFI_ZSTD_CFLAGS) -c -o $@ $<

$(BUILD)/efi/nvresume.so: $(EFI_OBJECTS) $(EFI_ZSTD_OBJECTS)
	ld $(EFI_LDFLAGS) $(EFI_LIBRARY_DIR)/crt0-efi-x86_64.o $(EFI_OBJECTS) $(EFI_ZSTD_OBJECTS) -o $@ -lgnuefi

$(EFI_STAGE): $(BUILD)/efi/nvresume.so efi/check-sections
	efi/check-sections $< $(EFI_SECTIONS)
	objcopy $(EFI_SECTIONS:%=-j %) --target=efi-app-x86_64 $< $@

.PHONY: efi
efi: $(EFI_STAGE) ## build the UEFI stage
all: $(EFI_STAGE)

.PHONY: install-stage
install-stage: $(EFI_STAGE)
	install -D -m 644 $(EFI_STAGE) $(DESTDIR)$(PREFIX)/lib/nvresume/nvresume.efi

-include $(EFI_OBJECTS:.o=.d)

# SPDX-License-Identifier: GPL-2.0-or-later
# The UEFI stage: efi/ and the image library, freestanding, linked by GNU-EFI's start code and
# linker script into build/efi/nvresume.efi.
EFI_SOURCES := $(sort $(wildcard efi/*.cc))
# Firmware calls go through tables a test fakes, so everything but the entry point and the libc
# stand-ins is tested on the host.
EFI_TEST_SOURCES := $(filter-out efi/main.cc efi/freestanding.cc,$(EFI_SOURCES))
# The stage looks at an image but decodes none: no zstd.
EFI_IMAGE_SOURCES := $(filter-out image/frame_decoder.cc,$(IMAGE_STAGE_SOURCES))
EFI_OBJECTS := $(EFI_SOURCES:%.cc=$(BUILD)/efi/%.o) $(EFI_IMAGE_SOURCES:%.cc=$(BUILD)/efi/%.o)
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

$(BUILD)/efi/nvresume.so: $(EFI_OBJECTS)
	ld $(EFI_LDFLAGS) $(EFI_LIBRARY_DIR)/crt0-efi-x86_64.o $(EFI_OBJECTS) -o $@ -lgnuefi

$(EFI_STAGE): $(BUILD)/efi/nvresume.so efi/check-sections
	efi/check-sections $< $(EFI_SECTIONS)
	objcopy $(EFI_SECTIONS:%=-j %) --target=efi-app-x86_64 $< $@

.PHONY: efi
efi: $(EFI_STAGE) ## build the UEFI stage
all: $(EFI_STAGE)
-include $(EFI_OBJECTS:.o=.d)

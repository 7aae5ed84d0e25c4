# SPDX-License-Identifier: GPL-2.0-or-later
# nvresume. `make help` lists the targets. Every folder adds its own through build.mk; everything
# built lands in build/.
VERSION := 0.1.0
BUILD := build
PREFIX ?= /usr
DESTDIR ?=

CXX ?= g++
# -O2: the codec loops and the checksum; -g: usable backtraces from the field.
CXXFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor
# No exceptions, no RTTI: errors are values (image/result.h), and image/ is linked into the stage.
PROJECT_CXXFLAGS := -std=c++20 -fno-exceptions -fno-rtti -I. $(WARNINGS) -MMD -MP \
  -DNVRESUME_VERSION='"$(VERSION)"' -DNVRESUME_PREFIX='"$(PREFIX)"'
JOBS := $(shell nproc)

.PHONY: all
all: ## build program, driver and stage

include install.mk $(wildcard image/build.mk kernel-cmdline/build.mk resume/build.mk driver/build.mk \
  efi/build.mk initramfs/build.mk man/build.mk completions/build.mk tests/build.mk tests/bench/build.mk debian/build.mk)

.PHONY: demo
demo: ## a real Debian guest saved, powered off, powered on, resumed: five times, two ways (root)
	rm -f $(BUILD)/demo/report.json
	tests/install-packages build vm
	$(MAKE) --no-print-directory -j$(JOBS) all
	tests/vm/demo

.PHONY: check check-vm
check: ## every test, from unit to virtual machine (root)
	tests/install-packages build vm unit lint
	$(MAKE) --no-print-directory -j$(JOBS) all
	tests/check lint check-unit check-install check-bench check-vm

check-vm: all ## the guests' cases alone (root)
	tests/vm/check

.PHONY: lint
lint: ## clang-format, shellcheck, shfmt
	tests/lint

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: clean
clean: ## remove everything built (not the download cache)
	rm -rf $(BUILD)

# SPDX-License-Identifier: GPL-2.0-or-later
# nvresume. `make help` lists the targets. Every folder adds its own through build.mk; everything
# built lands in build/.
VERSION := 0.1.0
BUILD := build
PREFIX ?= /usr
DESTDIR ?=

CXX ?= g++
# -O2: the codec loops; frame pointers stay for usable backtraces from the field.
CXXFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor
# No exceptions, no RTTI: errors are values (image/result.h), and image/ is linked into the stage.
PROJECT_CXXFLAGS := -std=c++20 -fno-exceptions -fno-rtti -I. $(WARNINGS) -MMD -MP \
  -DNVRESUME_VERSION='"$(VERSION)"'

.PHONY: all
all:

FRAGMENTS := $(wildcard image/build.mk resume/build.mk kernel-cmdline/build.mk driver/build.mk \
  efi/build.mk initramfs/build.mk tests/build.mk)
include $(FRAGMENTS)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: clean
clean: ## remove everything built (not the download cache)
	rm -rf $(BUILD)

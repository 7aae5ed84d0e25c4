# SPDX-License-Identifier: GPL-2.0-or-later
# bench-engine: the program's own object files beside the bare codecs. A real snapshot is taken from
# NVRESUME_STREAM; `make bench-stream` captures one (root, QEMU).
NVRESUME_STREAM ?= $(HOME)/.cache/nvresume/snapshot.stream
BENCH_ENGINE := $(BUILD)/bench/engine
BENCH_ENGINE_SOURCES := $(wildcard tests/bench/engine/*.cc)
BENCH_ENGINE_OBJECTS := $(BENCH_ENGINE_SOURCES:tests/bench/engine/%.cc=$(BENCH_ENGINE)/%.o)
BENCH_ENGINE_LIBS := -lbenchmark -llz4 -llzo2 $(RESUME_LIBS)

$(BENCH_ENGINE)/%.o: tests/bench/engine/%.cc
	@mkdir -p $(@D)
	$(CXX) $(PROJECT_CXXFLAGS) $(CPPFLAGS) $(CXXFLAGS) -pthread -c -o $@ $<

$(BENCH_ENGINE)/engine: $(BENCH_ENGINE_OBJECTS) $(filter-out %/main.o,$(RESUME_OBJECTS)) $(IMAGE_LIBRARY)
	$(CXX) $(CXXFLAGS) $(LDFLAGS) -o $@ $^ $(BENCH_ENGINE_LIBS)

.PHONY: bench-engine
bench-engine: $(BENCH_ENGINE)/engine ## save and restore pipelines beside the bare codecs, natively
	$< --stream=$(NVRESUME_STREAM) --report=$(BUILD)/bench/engine.json

# The program fails where the pipelines do not give back what they took.
.PHONY: bench-engine-smoke
bench-engine-smoke: $(BENCH_ENGINE)/engine
	@$< --smoke >$(BENCH_ENGINE)/smoke.log 2>&1 || { cat $(BENCH_ENGINE)/smoke.log; exit 1; }
check-unit: bench-engine-smoke

.PHONY: bench-stream
bench-stream: all ## capture a real snapshot for bench-engine (root, QEMU)
	tests/bench/engine/capture $(NVRESUME_STREAM)

-include $(BENCH_ENGINE_OBJECTS:.o=.d)

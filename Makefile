# The front door: each target is a line or two onto scripts/ and the CMake presets. Everything made goes below build/.
# Needs git, make and a network; runs as root or with sudo (scripts/install-deps.sh installs the rest).

.DEFAULT_GOAL := help
.PHONY: help build demo test unit bench asan tsan docs format clean deps test-deps

# This name prints no command lines; V=1 does.
$(V).SILENT:

CTEST := ctest --parallel $(shell nproc) --preset
# Unit tests wait for mock brokers more than they compute.
UNIT_CTEST := ctest --parallel $(shell expr 2 \* $$(nproc)) --preset
# GCC 12's thread sanitizer ends at once where the kernel spreads a program over more addresses than it expects.
UNSPREAD = $(shell setarch -R true 2>/dev/null && echo setarch -R)

help: ## list the targets
	echo "kinetica-connect: make TARGET"
	sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

build: deps ## install what a build needs and build build/release/kinetica-connect
	scripts/build.sh release kinetica-connect

demo: build ## build, then show both connectors at work on an embedded broker and server
	build/release/kinetica-connect demo

unit: deps ## build and run the unit tests, which need no services
	scripts/build.sh release
	$(UNIT_CTEST) release -L unit

test: test-deps ## build and run every test, those with a real Apache Kafka included
	scripts/build.sh release
	$(CTEST) release

bench: test-deps ## build and run the benchmarks
	scripts/build.sh release
	bench/run.sh

asan: deps ## run the unit and pipeline tests under the address and undefined-behaviour sanitizers
	scripts/build.sh asan
	$(CTEST) asan -L 'unit|pipeline'

tsan: deps ## run the unit and pipeline tests under the thread sanitizer
	$(UNSPREAD) scripts/build-librdkafka.sh tsan
	scripts/build.sh tsan
	$(UNSPREAD) $(CTEST) tsan -L 'unit|pipeline'

docs: build ## write docs/reference from the declarations of properties, commands, metrics and REST calls
	mkdir -p docs/reference
	build/release/kinetica-connect reference docs/reference

format: ## rewrite the sources as .clang-format says
	scripts/format.sh

clean: ## remove everything that was built or fetched here
	rm -rf build

deps:
	scripts/install-deps.sh build
	scripts/build-librdkafka.sh

test-deps:
	scripts/install-deps.sh test
	scripts/build-librdkafka.sh
	tests/system/kafka/fetch.sh 3.9.2
	tests/system/kafka/fetch.sh 4.3.1
	tests/official/python/fetch.sh 7.2.3.13
	tests/official/python/fetch.sh 7.1.10.1
	tests/official/java/fetch.sh 7.1.10.3
	tests/official/java/fetch.sh 7.1.10.5
	tests/official/jdbc/fetch.sh
	tests/official/registry/fetch.sh
	tests/official/connect/fetch.sh 4.3.1
	tests/official/connect/client/fetch.sh

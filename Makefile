# The human entry. `make` alone lists the targets.
BUILD := build/release
JOBS  ?= $(shell nproc)

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

packages: ## Install missing Debian packages (root) or print the line that does
	@tools/install_packages.sh tools/packages.txt

configure: packages
	@cmake --preset release > /dev/null

build: configure ## Build build/release/vdn
	@cmake --build $(BUILD) --target vdn --parallel $(JOBS)

demo: build ## Fit, backtest and picture a forecaster on the bundled flights data
	@tools/demo.sh $(BUILD)/vdn

test: configure ## Build and run all tests; set VDN_DATA for those that need data sets
	@cmake --build $(BUILD) --parallel $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure --parallel 2 -LE long

check-long: configure ## The checks that take longer than a few minutes, and all tests under the sanitizers
	@cmake --build $(BUILD) --parallel $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure -L long
	@for preset in asan-ubsan tsan; do \
	  cmake --preset $$preset > /dev/null && cmake --build build/$$preset --parallel $(JOBS) && \
	  ctest --test-dir build/$$preset --output-on-failure --parallel 2 -LE long || exit 1; done

bench: build ## Time step, forecasts, reading and growth, and write the tables into docs/performance.md
	@tools/bench.sh $(BUILD)/vdn docs/performance.md

bench-instructions: build ## Instructions of step and forecast against the previous commit: fails above +5% (valgrind)
	@tools/count_instructions.sh $(BUILD)/vdn

bench-kernels: configure ## Time every kernel
	@cmake --build $(BUILD) --target vdn_ops --parallel $(JOBS)
	@$(BUILD)/tests/vdn_ops perf

packages-dev:
	@tools/install_packages.sh tools/packages-dev.txt

format: packages-dev ## Format the sources with clang-format 14
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

lint: configure packages-dev ## clang-format check and clang-tidy with the list in .clang-tidy
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
	@git ls-files 'src/*.cpp' 'cli/*.cpp' | xargs -P $(JOBS) -n 4 clang-tidy -p $(BUILD) --quiet --extra-arg=-Wno-unknown-warning-option

clean: ## Remove everything built
	@rm -rf build

.PHONY: help packages packages-dev configure build demo test check-long bench bench-instructions bench-kernels format lint clean

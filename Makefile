# SPDX-License-Identifier: MIT
# Tidemark.  `make help` lists what can be asked for.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all

# ---- what the user may set --------------------------------------------------------------------
CC       ?= gcc
ifeq ($(origin CC),default)
CC       := gcc
endif
CFLAGS   ?= -O3 -g
LDFLAGS  ?=#  e.g. -static, for a program that qemu-user runs
SANITIZE ?=#  1: address and undefined-behaviour sanitizers
BLAS     ?= openblas#  or `none`: no peer engine, no linear algebra library
SCALE    ?= desk#  smoke, desk or paper
LABEL    ?= local#  results go to results/LABEL, figures to plots/LABEL
JOBS     ?= $(shell nproc 2>/dev/null || echo 1)
OPTIONS  ?=#  more options for every driver, e.g. OPTIONS='--seeds 10 --isa v3'
DATA     ?=#  a directory that already holds the data sets
export DATA

# ---- where things are built -------------------------------------------------------------------
BUILD    := build$(if $(SANITIZE),/sanitize)
EXPERIMENTS := $(sort $(patsubst experiments/%/,%,$(dir $(wildcard experiments/*/*.c))))
TOOLS    := $(patsubst tools/%.c,%,$(wildcard tools/*.c))
TESTS    := $(patsubst tests/%.c,%,$(wildcard tests/*.c))
RESULTS  := results/$(LABEL)
PLOTS    := plots/$(LABEL)

# ---- flags: ours come after the user's, so that nobody can lose them ---------------------------
MACHINE  := $(or $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1),$(shell uname -m))
WARN     := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
PIN      := -std=c11 -ffp-contract=off -fno-associative-math -D_GNU_SOURCE
SAN      := $(if $(SANITIZE),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
BLASDEF  := $(if $(filter none,$(BLAS)),-DTIDEMARK_NO_BLAS)
# Random123 is headers only; a cross compiler finds them through this directory
INCLUDES := -I. -isystem build/include
COMPILE   = $(CC) $(CFLAGS) $(WARN) $(INCLUDES) $(BLASDEF) $(SAN) $(PIN)
LIBS     := $(if $(filter none,$(BLAS)),,-lopenblas) -lm
LDSAN    := $(SAN)

ifeq ($(MACHINE),aarch64)
VARIANTS := neon
else
VARIANTS := baseline v3 v4
endif
ISA_baseline := -march=x86-64
ISA_v3       := -march=x86-64-v3
ISA_v4       := -march=x86-64-v4 -mprefer-vector-width=512
ISA_neon     := -march=armv8-a

# ---- objects ----------------------------------------------------------------------------------
ISA_SRC  := $(wildcard core/*/*.isa.c)
LIB_SRC  := $(filter-out $(ISA_SRC),$(wildcard core/*/*.c))
FLOORS_DOUBLE := $(filter-out core/lab/% core/search/% core/study/%,$(LIB_SRC))
objects   = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(2))
isa_objects = $(foreach v,$(VARIANTS),$(patsubst %.isa.c,$(BUILD)/$(1)/%.$(v).o,$(ISA_SRC)))
OBJ_FLOAT  := $(call objects,float,$(LIB_SRC)) $(call isa_objects,float)
OBJ_DOUBLE := $(call objects,double,$(FLOORS_DOUBLE)) $(call isa_objects,double)
LIB_FLOAT  := $(BUILD)/libtidemark.a
LIB_DOUBLE := $(BUILD)/libtidemark_double.a

PROGRAMS   := $(EXPERIMENTS:%=$(BUILD)/bin/%) $(TOOLS:%=$(BUILD)/bin/%)

.PHONY: all
all: $(PROGRAMS) ## build every experiment and tool

# a change of compiler or flags rebuilds everything; `deps` may bring the compiler after make has begun
STAMP := $(BUILD)/flags
STAMP_TEXT = $(CC) $(shell $(CC) --version 2>/dev/null | head -n 1) | $(COMPILE) | $(LDFLAGS) $(LIBS)
WRITE_STAMP = mkdir -p $(BUILD); printf '%s\n' '$(subst ','\'',$(STAMP_TEXT))' > $(STAMP).new; \
              cmp -s $(STAMP).new $(STAMP) && rm -f $(STAMP).new || mv -f $(STAMP).new $(STAMP)
ifneq ($(shell command -v $(firstword $(CC))),)
$(shell $(WRITE_STAMP))
endif
$(STAMP):
	@$(WRITE_STAMP)

build/include/Random123:
	@mkdir -p build/include
	@ln -sfn /usr/include/Random123 $@

# gcc's predictive commoning costs the first convolution a third of its speed
KERNEL_FLAGS  = $(if $(findstring clang,$(shell $(CC) --version)),,-fno-predictive-commoning)
VERSION_FLAGS = -DTIDEMARK_CFLAGS='"$(subst ",,$(strip $(CFLAGS) $(SAN) $(PIN)))"'

$(BUILD)/float/%.o: %.c $(STAMP) | build/include/Random123
	@mkdir -p $(@D)
	$(COMPILE) $(VERSION_FLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/double/%.o: %.c $(STAMP) | build/include/Random123
	@mkdir -p $(@D)
	$(COMPILE) -DTIDEMARK_DOUBLE -MMD -MP -c -o $@ $<
define isa_rules
$(BUILD)/float/%.$(1).o: %.isa.c $(STAMP) | build/include/Random123
	@mkdir -p $$(@D)
	$(COMPILE) $$(KERNEL_FLAGS) $(ISA_$(1)) -DISA=$(1) -MMD -MP -c -o $$@ $$<
$(BUILD)/double/%.$(1).o: %.isa.c $(STAMP) | build/include/Random123
	@mkdir -p $$(@D)
	$(COMPILE) $$(KERNEL_FLAGS) $(ISA_$(1)) -DISA=$(1) -DTIDEMARK_DOUBLE -MMD -MP -c -o $$@ $$<
endef
$(foreach v,$(VARIANTS),$(eval $(call isa_rules,$(v))))

$(LIB_FLOAT): $(OBJ_FLOAT)
	@rm -f $@
	ar rcs $@ $^
$(LIB_DOUBLE): $(OBJ_DOUBLE)
	@rm -f $@
	ar rcs $@ $^

# ---- programs: all .c files of an experiment's directory make its driver.  Its double_*.c are
# compiled a second time and linked with the library in double into one object, which shows nothing
# but the functions named double_* ----------------------------------------------------------------
OBJCOPY  = $(shell $(CC) -print-prog-name=objcopy)
doubled  = $(patsubst %.c,$(BUILD)/double/%.o,$(wildcard experiments/$(1)/double_*.c))
$(BUILD)/double/experiments/%/all.o: $(LIB_DOUBLE)
	$(CC) -r -nostdlib -o $@.open $(filter-out $<,$^) $<
	$(OBJCOPY) --wildcard --keep-global-symbol='double_*' $@.open $@
	@rm -f $@.open
define experiment_rules
$(BUILD)/double/experiments/$(1)/all.o: $(call doubled,$(1))
$(BUILD)/bin/$(1): $(patsubst %.c,$(BUILD)/float/%.o,$(wildcard experiments/$(1)/*.c)) \
        $(if $(call doubled,$(1)),$(BUILD)/double/experiments/$(1)/all.o) $(LIB_FLOAT)
	@mkdir -p $$(@D)
	$(CC) $(LDSAN) $(LDFLAGS) -o $$@ $$^ $(LIBS)
endef
$(foreach x,$(EXPERIMENTS),$(eval $(call experiment_rules,$(x))))

TOOL_LIBS_cifar_batches := -lpng
define tool_rules
$(BUILD)/bin/$(1): $(BUILD)/float/tools/$(1).o $(LIB_FLOAT)
	@mkdir -p $$(@D)
	$(CC) $(LDSAN) $(LDFLAGS) -o $$@ $$^ $(TOOL_LIBS_$(1)) $(LIBS)
endef
$(foreach x,$(TOOLS),$(eval $(call tool_rules,$(x))))

# ---- the bench: convolutions pass by bench/peer_conv.c, which is OpenBLAS' way --------------------
BENCH_OBJ := $(patsubst %.c,$(BUILD)/float/%.o,$(filter-out %.isa.c,$(wildcard bench/*.c))) \
             $(VARIANTS:%=$(BUILD)/float/bench/peak.%.o)
WRAP      := -Wl,--wrap=conv_forward,--wrap=conv_backward_weights,--wrap=conv_backward_input
$(BUILD)/bin/bench: $(BENCH_OBJ) $(LIB_FLOAT)
	@mkdir -p $(@D)
	$(CC) $(LDSAN) $(LDFLAGS) $(WRAP) -o $@ $^ $(LIBS)

# ---- tests: tests/double_*.c are linked with the library in double ------------------------------
TEST_LIBS_double_lbfgs_peer := -llbfgs
define test_rules
$(BUILD)/test/$(1): $(BUILD)/$(if $(filter double_%,$(1)),double,float)/tests/$(1).o $(if $(filter double_%,$(1)),$(LIB_DOUBLE),$(LIB_FLOAT))
	@mkdir -p $$(@D)
	$(CC) $(LDSAN) $(LDFLAGS) -o $$@ $$^ -lcmocka $(TEST_LIBS_$(1)) $(LIBS)
endef
$(foreach x,$(TESTS),$(eval $(call test_rules,$(x))))

-include $(shell find $(BUILD)/float $(BUILD)/double -name '*.d' 2>/dev/null)

# ---- the commands ------------------------------------------------------------------------------
PACKAGES := gcc make libopenblas-dev libcmocka-dev liblbfgs-dev librandom123-dev libpng-dev \
            gnuplot-nox fonts-dejavu-core dataset-fashion-mnist npm curl valgrind
BITS_PACKAGES := clang qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
SUDO     := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
RUNS     := $(EXPERIMENTS:%=run-%)
FIGURES  := $(EXPERIMENTS:%=figures-%)
DRIVER    = --scale $(SCALE) --out $(RESULTS) --jobs $(JOBS) $(OPTIONS)
REFERENCE := results/reference/$(SCALE)

.PHONY: deps
deps: ## install what is missing (Debian packages)
	@sh tools/deps.sh "$(SUDO)" $(PACKAGES)
.PHONY: deps-bits
deps-bits: ## install what `make bits` needs besides: clang, qemu-user, a compiler for ARM
	@sh tools/deps.sh "$(SUDO)" $(BITS_PACKAGES)

.PHONY: data
data: $(BUILD)/bin/cifar_batches ## fetch and verify MNIST, CIFAR-10 and Fashion-MNIST
	@BIN=$(BUILD)/bin sh tools/data.sh

# one experiment after the other, each filling the cores; the figures follow the last run; what fails
# keeps nothing else from being done
FAILED := $(BUILD)/reproduce-failed
.PHONY: reproduce
reproduce: ## run every experiment, draw its figures, print the scoreboard
	+@$(MAKE) --no-print-directory -j$(JOBS) all data
	+@rm -f $(FAILED); $(MAKE) --no-print-directory -k -j1 $(RUNS) || touch $(FAILED); \
	 $(MAKE) --no-print-directory -k -j$(JOBS) $(FIGURES) || touch $(FAILED)
	@$(BUILD)/bin/claims $(RESULTS)
	@if [ -d $(REFERENCE) ]; then $(BUILD)/bin/compare --summary $(REFERENCE) $(RESULTS) || \
	 [ $$? -eq 1 ]; else echo "no reference results at scale $(SCALE) to compare with"; fi
	@[ ! -e $(FAILED) ] || { echo "reproduce: something failed, see above" >&2; exit 1; }

.PHONY: $(RUNS)
$(RUNS): run-%: $(BUILD)/bin/%
	@$< $(DRIVER)

.PHONY: figures $(FIGURES) figures-bench
figures: $(patsubst $(RESULTS)/%/manifest.csv,figures-%,$(wildcard $(RESULTS)/*/manifest.csv)) ## redraw every figure from the CSV files alone
	@[ -n "$^" ] || { echo "figures: no results in $(RESULTS); 'make reproduce' makes them" >&2; exit 1; }
$(FIGURES) figures-bench: figures-%: $(BUILD)/bin/bands
	@BUILD=$(BUILD) sh tools/draw.sh $* $(LABEL)

.PHONY: claims
claims: $(BUILD)/bin/claims ## the scoreboard: every claim and its verdict
	@$(BUILD)/bin/claims $(RESULTS)

.PHONY: report
report: $(BUILD)/bin/claims ## write REPRODUCE.md from the committed results
	@BUILD=$(BUILD) sh tools/report.sh > REPRODUCE.md.new && mv REPRODUCE.md.new REPRODUCE.md

.PHONY: reference
reference: $(BUILD)/bin/claims ## take results/LABEL over as the reference results of SCALE
	@sh tools/reference.sh $(RESULTS) $(REFERENCE)

.PHONY: compare
compare: $(BUILD)/bin/compare $(BUILD)/bin/bands ## compare two results: make compare A=results/reference/desk B=results/local
	@mkdir -p $(RESULTS)/comparison; rm -f $(RESULTS)/comparison/comparison.csv
	@status=0; $(BUILD)/bin/compare --csv $(RESULTS)/comparison/comparison.csv \
	 $(if $(A),$(A),$(REFERENCE)) $(if $(B),$(B),$(RESULTS)) || status=$$?; \
	 [ ! -e $(RESULTS)/comparison/comparison.csv ] || \
	 BUILD=$(BUILD) sh tools/draw.sh comparison $(LABEL); exit $$status

.PHONY: list
list: $(EXPERIMENTS:%=$(BUILD)/bin/%) ## experiments, their cells, and core-minutes at each scale
	@printf '%-20s %22s %28s  %s\n' experiment 'cells smoke/desk/paper' 'minutes smoke/desk/paper' question
	@for x in $(EXPERIMENTS); do $(BUILD)/bin/$$x --about || exit 1; done

.PHONY: new
new: ## lay out a new experiment: make new NAME=my_question
	@sh tools/new.sh "$(NAME)"

# the peers are timed where Debian's python3-torch is installed
QUICK    ?=#  1: `make bench` in under two minutes
PYTHON   ?= /usr/bin/python3
.PHONY: bench
bench: $(BUILD)/bin/bench $(BUILD)/bin/bands ## time the engine against OpenBLAS and PyTorch (QUICK=1)
	@$< $(if $(QUICK),--quick) --out $(RESULTS) --python $(PYTHON)
	@sh tools/draw.sh bench $(LABEL)

.PHONY: test
test: $(TESTS:%=$(BUILD)/test/%) $(PROGRAMS) ## run every test (SANITIZE=1: under ASan and UBSan)
	@BUILD=$(BUILD) SANITIZE=$(SANITIZE) MAKE="$(MAKE)" sh tests/run.sh $(TESTS:%=$(BUILD)/test/%)

.PHONY: bits
bits: all data ## the same bytes on every instruction set, compiler, level and CPU (QUICK=1: fewer)
	@BUILD=$(BUILD) MAKE="$(MAKE)" sh tests/bits.sh

.PHONY: clean
clean: ## remove what was built (results and figures stay)
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo
	@echo "  SCALE=smoke|desk|paper  LABEL=name  JOBS=n  DATA=dir  OPTIONS='--seeds 10'  SANITIZE=1  CC=clang"

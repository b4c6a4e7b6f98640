# The front door. `make help` lists what it opens; meson and ninja do the work.

BUILD  ?= build
PREFIX ?= /usr/local
SEED   ?=
SEEDS  ?=
STEPS  ?=
SKIP   ?=
OPTIONS ?=
EACH   ?=
ROUNDS ?=
ONLY   ?=
ifeq ($(origin CC),default)
CC := gcc
endif
export CC PREFIX

.PHONY: all run stop test lint bench fuzz sim reference install clean help

all: ## build build/towpathd (the router) and build/towpath (its console)
	@tools/setup build
	@tools/build $(BUILD) --prefix=$(PREFIX)

run: ## start the lab: a LAN host, the router, an internet host; then the console
	@tools/setup build lab
	@tools/build $(BUILD) --prefix=$(PREFIX)
	@lab/run

stop: ## take the lab down
	@lab/stop

test: ## every check and test; the last line says how many passed and failed
	@tools/setup build lint test lab
	@tools/test

lint: ## the static checks alone
	@tools/setup build lint
	@tools/lint

bench: ## measure, each figure beside its peer's of the same run; ROUNDS=n (5)
	@tools/setup build lab bench
	@tools/build $(BUILD) --prefix=$(PREFIX)
	@test/bench/run $(ROUNDS)
	@test/bench/rules $(ROUNDS)
	@test/bench/routes $(ROUNDS)
	@test/bench/config $(ROUNDS)
	@test/bench/stack $(ROUNDS)

fuzz: ## feed the parsers hostile bytes; EACH=n seconds for each target (60), ONLY="ip4 tcp" these
	@tools/setup build fuzz
	@tools/fuzz $(or $(EACH),60) $(ONLY)

sim: ## simulated networks; SEED=n repeats one to the bit, SEEDS=n runs so many; OPTIONS=--told
	@tools/setup build
	@tools/build $(BUILD) --prefix=$(PREFIX)
	@$(BUILD)/sim $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) \
		$(if $(STEPS),--steps $(STEPS)) $(if $(SKIP),--skip $(SKIP)) $(OPTIONS)

reference: ## write docs/reference.md anew, of what the menus say now
	@tools/setup build
	@tools/build $(BUILD) --prefix=$(PREFIX)
	@$(BUILD)/towpath-reference markdown > docs/reference.md

install: ## install below PREFIX (/usr/local), staged by DESTDIR
	@tools/setup build
	@tools/build $(BUILD) --prefix=$(PREFIX)
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@tools/build $(BUILD)
	@meson install -C $(BUILD) --no-rebuild

clean: ## remove what was built
	@rm -rf $(BUILD) build-test build-clang build-fuzz

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | sed 's/^all/make/; t; s/^/make /' | expand -t 16

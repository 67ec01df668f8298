# Bare make prints the help below.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
BIN := bin

.PHONY: help run talk test test-short bench chaos screens prompts lint fmt golden build fuzz migrate clean

help: ## what there is
	@printf 'Tikaline: vaccination by keypad phone.\n\n'
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nNothing needs to be installed first but Go: a Postgres is found or fetched.\n'

run: build ## start the demo: private Postgres, centres, slots, a phone to try
	@$(BIN)/tikaline serve --demo

talk: build ## hold a conversation in the terminal
	@$(BIN)/tikaline talk

build: ## build bin/tikaline
	@mkdir -p $(BIN)
	$(GO) build -trimpath -o $(BIN)/tikaline ./cmd/tikaline

test: ## every test, race detector on, on a real Postgres
	$(GO) vet ./...
	$(GO) run ./cmd/testdb -- $(GO) test -race -shuffle=on -timeout 20m -v $(TESTFLAGS) ./...

test-short: ## the quick tests only, quietly
	$(GO) run ./cmd/testdb -- $(GO) test -short $(TESTFLAGS) ./...

chaos: ## kill the program again and again under load, for CHAOS (default 5m)
	CHAOS=$(or $(CHAOS),5m) $(GO) run ./cmd/testdb -- $(GO) test -count=1 -timeout 2h -v -run 'TestKill' ./cmd/tikaline

bench: build ## measure, print the figures, and write them into docs/performance.md
	$(GO) run ./cmd/bench -tikaline $(BIN)/tikaline -markdown
	$(GO) run ./cmd/testdb -- $(GO) test ./outbox -run '^$$' -bench Worker -benchtime 20000x
	$(GO) run ./cmd/testdb -- $(GO) test ./outbox -count=1 -run Claim_does -v -finished 1000000

fuzz: ## fuzz every parser for FUZZTIME (default 20s) each
	@set -e; for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),20s) $$pkg; done; done

screens: build ## every screen and text in every language, on one page
	@mkdir -p out
	@$(BIN)/tikaline screens > out/screens.html && echo out/screens.html

prompts: build ## say every prompt with espeak-ng, on one page to listen to (out/prompts)
	@command -v espeak-ng >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq espeak-ng; } || \
	  { echo 'espeak-ng is needed: sudo apt-get install espeak-ng'; exit 1; }
	@$(BIN)/tikaline audio prompts --out out/prompts

lint: ## vet and staticcheck
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

fmt: ## format the code
	$(GO) fmt ./...

golden: ## write the expected outputs and docs/settings.md anew; read the diff before you commit it
	$(GO) run ./cmd/testdb -- $(GO) test ./dialog ./web/slip ./cmd/tikaline -run '[Gg]olden|Names|Conversation' -update

migrate: build ## bring DATABASE_URL to this release's form
	$(BIN)/tikaline migrate

clean: ## remove what was built
	rm -rf $(BIN) out

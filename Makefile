# make demo   the main job on the sample incident, then the window where a display exists
# make test   everything that is tested
# make bench  the benchmarks, as ratios to the plain engine
#
# Each first installs what the system lacks (Debian, Ubuntu); other systems: see README.

export CC  := clang
export CXX := clang++
TAGS := migrated_fynedo,x11
GO   := go
# the go tool leaves folders named testdata out of ./...
ALL  := ./... ./testdata/generate ./testdata/score

.PHONY: demo test check bench build system system-test generate clean

demo: system build
	bin/breachscope-cli demo demo
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then bin/breachscope demo/sample.breachscope; \
	else echo "no display here: open the case with bin/breachscope demo/sample.breachscope where there is one"; fi

build:
	$(GO) build -tags $(TAGS) -o bin/ ./cmd/breachscope ./cmd/breachscope-cli

test: system-test
	$(GO) test -tags $(TAGS) -timeout 40m $(ALL)

check:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "these files are not gofmt-clean"; exit 1; }
	$(GO) vet -tags $(TAGS) $(ALL)
	$(GO) tool staticcheck -tags $(TAGS) $(ALL)

bench: system
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchtime 1x -timeout 60m $(ALL)

system:
	@./.ci/system build

system-test:
	@./.ci/system build test

generate:
	$(GO) generate ./...

clean:
	rm -rf bin demo

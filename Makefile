# gaoxin: `make demo` shows what it does, `make test` proves it. Both set up everything they need in this folder.

# uv from the PATH, or one of our own in .tools/ (no root needed, nothing outside this folder changes).
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
RUN := $(UV) run --no-sync
DEMO ?= demo

.DEFAULT_GOAL := help
.PHONY: help demo test unit browser platform-tests lint types contracts check bench bench-smoke clean

help: ## 显示本帮助 · show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.tools/bin/uv:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更高版本 · Python 3.11 or newer is needed"; exit 1; }
	@echo "==> 安装 uv 到 .tools/ · installing uv into .tools/"
	@$(PYTHON) -m venv .tools >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip .tools
	@.tools/bin/python -m pip --version >/dev/null 2>&1 \
		&& .tools/bin/python -m pip install --quiet uv \
		|| $(PYTHON) -m pip install --quiet --prefix "$(CURDIR)/.tools" uv \
		|| { echo "没有 pip：请先安装 uv（https://docs.astral.sh/uv/）· pip is missing: install uv first"; rm -rf .tools; exit 1; }
	@test -x $@ || { found=$$(find .tools -path '*/bin/uv' -type f | head -n 1); test -n "$$found" && ln -sf "$(CURDIR)/$$found" $@; }

.venv/ready: pyproject.toml uv.lock | $(UV)
	@echo "==> 建立环境（按 uv.lock 固定版本）· setting up the environment (versions pinned by uv.lock)"
	@UV_COMPILE_BYTECODE=1 $(UV) sync --locked --all-extras $(if $(PYTHON),--python $(PYTHON))
	@touch $@

# The demonstration needs no test tools; what is already there stays.
.venv/runs: pyproject.toml uv.lock | $(UV)
	@echo "==> 建立运行环境（按 uv.lock 固定版本）· setting up what the program needs (versions pinned by uv.lock)"
	@UV_COMPILE_BYTECODE=1 $(UV) sync --locked --inexact --no-dev --extra platform $(if $(PYTHON),--python $(PYTHON))
	@touch $@

ifneq ($(UV),.tools/bin/uv)
$(UV):
endif

demo: .venv/runs ## 合成示例城市：从报表到报告，并填入一个平台站点 · a synthetic city, from returns to reports and on a site
	@$(RUN) gaoxin demo --out $(DEMO)

test: .venv/ready ## 全部测试 · all tests
	@echo "==> 运行测试 · running the tests"
	@$(RUN) pytest -n auto

unit: .venv/ready ## 纯计算部分的测试 · tests of the pure packages: no browser, database, second engine or search for proofs
	@$(RUN) pytest -n auto -m "not browser and not spark" --ignore tests/platform --ignore tests/conformance \
		--ignore tests/proofs

browser: .venv/ready ## 浏览器测试 · browser tests
	@$(RUN) pytest -m browser

platform-tests: .venv/ready ## 平台测试，用 DATABASE_URL 的数据库 · tests of the platform on the database of DATABASE_URL
	@$(RUN) pytest -n auto tests/platform -m "not browser"

lint: .venv/ready ## 代码风格 · style
	@$(RUN) ruff check . && $(RUN) ruff format --check .

types: .venv/ready ## 类型 · types
	@$(RUN) mypy --strict src

contracts: .venv/ready ## 结构约束 · import contracts
	@$(RUN) lint-imports

check: lint types contracts ## 风格、类型、结构 · style, types, contracts

bench: .venv/ready ## 速度对比，写入 docs/benchmarks.md · speed against peers, into docs/benchmarks.md
	@UV_COMPILE_BYTECODE=1 $(UV) sync --locked --all-extras --all-groups $(if $(PYTHON),--python $(PYTHON))
	@$(RUN) python -m benchmarks

bench-smoke: .venv/ready ## 小规模跑通各项基准 · every benchmark once, tiny
	@$(RUN) python -m benchmarks --smoke

clean: ## 删除环境与生成物 · remove the environment and what was generated
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache $(DEMO)

# POSIX make and sh; everything is installed into .venv, nothing else on this machine is touched
# (`make test` installs Debian's chromium when there is no browser and it may).
.POSIX:

PYTHON =
EXAMPLE = examples/us-hyperscaler-factsheet.yaml
PYTEST_ARGS =
BROWSER = yes
VENV = .venv/bin/python
BENCHMARKS = startup.py check_speed.py examples.py orlib.py rule_mutation.py

help:
	@echo 'make run        install, solve $(EXAMPLE), check the plan, offer the page'
	@echo 'make test       install, and run every test, the browser ones included'
	@echo 'make lint       ruff and mypy'
	@echo 'make coverage   the tests with branch coverage'
	@echo 'make soak       the property tests with fifty times as many examples, every mutated rule, 10,000 scenarios'
	@echo 'make rules      what is made from data/regimes and tests/cases: the pages in docs/rules, the parsed regimes'
	@echo 'make model      docs/model.md anew: the mathematics, from the docstrings of the model'
	@echo 'make bench      every benchmark'
	@echo 'make wheel      build dist/fleetplan-*.whl'
	@echo 'make clean      remove what was built; make distclean: .venv too'

run: .venv/run.stamp
	@sh .ci/first-run.sh '$(EXAMPLE)'

test: .venv/dev.stamp browser
	FLEETPLAN_REQUIRE_BROWSER=$(BROWSER) $(VENV) -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

lint: .venv/dev.stamp
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy

coverage: .venv/dev.stamp browser
	$(VENV) -m coverage erase
	FLEETPLAN_REQUIRE_BROWSER=$(BROWSER) $(VENV) -m coverage run -m pytest $(PYTEST_ARGS)
	$(VENV) -m coverage combine
	$(VENV) -m coverage report

soak: .venv/dev.stamp
	$(VENV) -m pytest -m hypothesis --hypothesis-profile=soak -o timeout=7200 -n 2 $(PYTEST_ARGS)
	$(VENV) benchmarks/rule_mutation.py
	$(VENV) benchmarks/random_scenarios.py 10000 --jobs 2

bench: .venv/dev.stamp
	@for file in $(BENCHMARKS); do echo "== $$file" && $(VENV) "benchmarks/$$file" || exit 1; done

rules: .venv/dev.stamp
	PYTHONPATH=. $(VENV) .ci/compile_regimes.py
	PYTHONPATH=. $(VENV) .ci/rule_pages.py

model: .venv/dev.stamp
	PYTHONPATH=. $(VENV) .ci/model_page.py

wheel: .venv/dev.stamp
	$(VENV) -m build --wheel --no-isolation

browser:
	@if [ '$(BROWSER)' = yes ]; then sh .ci/browser.sh; fi

.venv/run.stamp: requirements/run.txt pyproject.toml .ci/venv.sh
	@PYTHON='$(PYTHON)' sh .ci/venv.sh run

.venv/dev.stamp: requirements/dev.txt pyproject.toml .ci/venv.sh
	@PYTHON='$(PYTHON)' sh .ci/venv.sh dev

clean:
	rm -rf build dist htmlcov test-results .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv

.PHONY: help run test lint coverage soak rules model bench wheel browser clean distclean

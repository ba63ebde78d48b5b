# The menu. `just` alone lists it. Needs nothing but what script/bootstrap makes: .venv/bin/just

set positional-arguments
set shell := ["sh", "-euc"]
export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# List the recipes
menu:
    @just --list --unsorted

# Make or refresh .venv
setup:
    @script/bootstrap

# Run what there is on this machine: PostgreSQL and the backend
server *options: setup
    @script/server "$@"

# Run every check and test, as the build machine does
check: setup
    @script/test

# Run some tests: just test tests/features/runs -k join
test *options: setup
    @pytest "$@"

# Let crowds press anything at once, then kill random parts at random moments: just soak 7 takes another seed
soak seed="1": setup
    @SOAK_SEED="$1" pytest -m soak tests/features/runs/test_soak.py tests/journeys/test_soak.py

# Let hypothesis look elsewhere each time, ten times as long: just explore tests/features/runs
explore *options: setup
    @pytest -m hypothesis --hypothesis-profile=thorough "$@"

# Measure what members feel in a crowd and what it costs: just bench --clicks 500 --within 5
bench *options: setup
    @PYTHONPATH=src:. python -m bench "$@"

# Mend what can be mended by machine: order of imports, format
fix: setup
    @ruff check --fix
    @ruff format

# Check style, types and imports only; seconds instead of minutes
quick: setup
    @ruff check
    @ruff format --check
    @basedpyright
    @lint-imports

# Write docs/reference/ anew from the code
docs:
    @script/docs

# Write requirements.lock anew; --upgrade takes newer versions
lock *options:
    @script/lock "$@"

# Add a line for the changelog: just change runs.feature "Runs have a waiting list."
change name text: setup
    @towncrier create --content "$2" "+$1.md"

# Gather the lines of changes/ into CHANGELOG.md for a release
release version: setup
    @towncrier build --yes --version "$1"
    @ls src/raidbot/database/migrations/*.sql | wc -l >tests/database/released.txt

# Ask OSV whether a version that we use has a known vulnerability: 1 when one has, 2 when it could not be asked
audit *options:
    @script/audit "$@"

# Ask the whole API at random, many times
fuzz: setup
    @API_EXAMPLES=60 pytest -q tests/backend/test_whole_api.py

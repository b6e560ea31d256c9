#!/bin/sh
# All tests, on SQLite and on a PostgreSQL that comes along, with a real browser. `make test` calls it.
# Stops at the first part that fails. A run that could not do everything never looks like a full one: it ends with 1.
set -eu
PYTHON=${PYTHON:-.venv/bin/python}
WORKERS=$($PYTHON -c 'import os; print(max(2, os.cpu_count() or 2))')
apart="tests/core tests/house tests/mail/pure tests/cli/test_commands.py"  # they do not touch the database of the run

say() { printf '\n==== %s\n' "$*"; }

browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" && return 0
  done
  return 1
}

if ! browser >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  say "No Chromium here; installing the system's package"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium; } >/dev/null 2>&1 || true
fi

say "Everything but the browser and the faults, on SQLite"
$PYTHON -m pytest -n "$WORKERS" --dist loadfile -q -m "not browser and not faults"

say "The core once more, for its coverage: every branch"
$PYTHON -m pytest -n "$WORKERS" -q tests/core --cov=mainstay/core --cov-branch --cov-fail-under=100 --cov-report=term:skip-covered

say "What touches the database, on PostgreSQL"
ignored=""; for folder in $apart; do ignored="$ignored --ignore=$folder"; done
$PYTHON -m tests.postgres $PYTHON -m pytest -n "$WORKERS" --dist loadfile -q -m "not browser and not faults" $ignored

say "Crashes, kills and outages of real processes, on SQLite"
$PYTHON -m pytest -n "$WORKERS" --dist loadfile -q -m faults
say "Crashes, kills and outages of real processes, on PostgreSQL"
$PYTHON -m tests.postgres $PYTHON -m pytest -n "$WORKERS" --dist loadfile -q -m faults

if browser >/dev/null; then
  say "The screens, in a real Chromium"
  $PYTHON -m pytest -n "$WORKERS" --dist loadfile -q -m browser
  say "What of the screens hangs on the database, on PostgreSQL"
  $PYTHON -m tests.postgres $PYTHON -m pytest -q -m either_database
else
  cat <<'TEXT'

################################################################################
#  INCOMPLETE: the browser tests were NOT run, because there is no Chromium.   #
#  Install one (Debian, Ubuntu: apt install chromium) and run this again.      #
################################################################################
TEXT
  exit 1
fi
say "Everything passed: both databases, faults, browser"

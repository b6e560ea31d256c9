"""Loaded before Django's settings are: tests live in a folder of their own and see no settings of yours."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

KEPT = {"MAINSTAY_DATABASE_URL"}  # tests/postgres.py points the same tests at PostgreSQL

for name in [name for name in os.environ if name.startswith("MAINSTAY_") and name not in KEPT]:
    del os.environ[name]
folder = tempfile.mkdtemp(prefix="mainstay-test-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["MAINSTAY_DATA"] = folder
os.environ["MAINSTAY_LOG_LEVEL"] = "WARNING"
os.environ["MAINSTAY_SUPPORT_ADDRESS"] = "support@vendor.example"
# Playwright's synchronous interface runs a loop in the test's own thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

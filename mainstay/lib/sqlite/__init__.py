"""A Django database engine: SQLite with full durability, on a library version that is known to be sound.

Importing this module puts the bundled `pysqlite3` in the place of the standard library's `sqlite3`, which on
Debian 12 links SQLite 3.40.1: versions 3.7.0 to 3.51.2 can lose committed rows when two connections write in WAL mode
(fixed in 3.51.3, and in 3.44.6 and 3.50.7). It must be imported before `django.db`; `settings.py` does.
"""

from __future__ import annotations

import sys

import pysqlite3
import pysqlite3.dbapi2

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

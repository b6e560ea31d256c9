"""The connection half of the PostgreSQL engine: beside Django's cursors one for statements that never change."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Cursor
from psycopg.types.numeric import Int8Dumper


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, but that it can tell what either kind of cursor ran, for tests and for debugging."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        return self.compose_sql(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL as Django has it, and `steady_cursor`.

    Django puts the values into the text of each statement, so that the server has to read and plan every one anew.
    The steady cursor sends them apart; after a few times the server keeps the statement. Django's own queries are not
    made for that: the type of a value that stands alone would be unknown.
    """

    ops_class = DatabaseOperations
    _steady = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        # One type for all whole numbers, else a statement would be another one for small and for large keys.
        connection.adapters.register_dumper(int, Int8Dumper)
        return connection

    def steady_cursor(self) -> Any:
        """Return a cursor of this connection whose statements the server keeps."""
        self._steady = True
        try:
            return self.cursor()
        finally:
            self._steady = False

    def create_cursor(self, name: str | None = None) -> Any:
        if self._steady:
            return Cursor(self.connection)
        return super().create_cursor(name)

"""Rows on their way from one DuckDB connection to another, which may be of another instance."""

import duckdb


class RowStream:
    """Rows as Arrow's C stream, which DuckDB both gives and takes by itself: neither side makes an object a value.

    Args:
        rows: of the giving connection, which does nothing else before they are taken.

    """

    def __init__(self, rows: duckdb.DuckDBPyRelation) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a capsule; see Arrow's PyCapsule interface."""
        return self._rows.__arrow_c_stream__(requested_schema)

"""The one row of the library itself."""

from services.catalog.storage.database import Cursor


def read_space(cursor: Cursor) -> str:
    """Return the embedding space of the library, empty until its first face."""
    row = cursor.execute("SELECT embedding_space FROM library").fetchone()
    return str(row[0]) if row else ""

"""One moment of a library, for as long as somebody reads it."""

import contextlib
from collections.abc import Iterator

from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.tables import count_rows


@contextlib.contextmanager
def snapshot(database: Database) -> Iterator[Cursor]:
    """Give a cursor that sees all that was committed before, in its tables, and nothing that is committed later.

    Writers are held while it begins; DuckDB keeps for it what they change meanwhile.
    """
    with contextlib.ExitStack() as held:
        with database.exclusive():
            cursor = held.enter_context(database.read())
            # DuckDB begins a snapshot when it is first asked for something.
            count_rows(cursor, "library")
        yield cursor

"""What users set of a library: its name, and how it clusters."""

import contextlib
from dataclasses import dataclass, replace
from typing import Any

from services.catalog.events import Resource
from services.catalog.library_record import read_record
from services.catalog.people_writer import PeopleWriter
from services.catalog.reclustering import Reclustering
from services.catalog.storage.database import Database
from services.catalog.storage.library_row import (
    read_library,
    read_parameters,
    write_display_name,
    write_parameters,
)
from services.common.errors import AbortedError, Reason
from services.common.excerpt import excerpt


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What is to be changed; None keeps what is there.

    Attributes:
        display_name: for people to read, in the form in which it is stored.
        eps: see `ClusteringParameters`; in its range, as the others.
        min_samples: likewise.
        min_quality: likewise.

    """

    display_name: str | None = None
    eps: float | None = None
    min_samples: int | None = None
    min_quality: float | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of clustering that are to be changed, by name."""
        values = {"eps": self.eps, "min_samples": self.min_samples, "min_quality": self.min_quality}
        return {name: value for name, value in values.items() if value is not None}


class LibrarySettings:
    """Changes the settings of one library.

    Args:
        database: the library's file.
        people: of the library.
        reclustering: of the library.
        library_id: for messages.

    """

    def __init__(self, database: Database, people: PeopleWriter, reclustering: Reclustering, library_id: str) -> None:
        self._database = database
        self._people = people
        self._reclustering = reclustering
        self._library_id = library_id

    def update(self, change: SettingsChange, *, etag: str = "") -> None:
        """Change settings. People stay as they are until a reclustering; faces that come join by the new parameters.

        Args:
            change: what is to be changed.
            etag: if set, change it only while this is the library's etag.

        Raises:
            AbortedError: ETAG_MISMATCH.
            FailedPreconditionError: RECLUSTERING_IN_PROGRESS, and parameters are to be changed, which a run goes by.

        """
        with self._reclustering.kept_off() if change.parameters else contextlib.nullcontext():
            self._write(change, etag)

    def _write(self, change: SettingsChange, etag: str) -> None:
        with self._database.write() as transaction:
            cursor = transaction.cursor
            if etag and etag != read_record(cursor, self._library_id, self._database.path).etag:
                raise AbortedError(
                    Reason.ETAG_MISMATCH,
                    f"The library has changed since its etag was {excerpt(etag)!r}. Get it again before you change it.",
                    resource=f"libraries/{self._library_id}",
                )
            old = read_parameters(cursor)
            new = replace(old, **change.parameters)
            renamed = change.display_name is not None and change.display_name != read_library(cursor).display_name
            if renamed:
                write_display_name(cursor, change.display_name or "", transaction.now)
            if new != old:
                write_parameters(cursor, new, transaction.now)
            if renamed or new != old:
                transaction.note(Resource.LIBRARY, [0])
                transaction.commit()
            if new != old:
                # Whoever needs them next clusters by the new ones.
                self._people.unload()

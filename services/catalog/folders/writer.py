"""Creates, changes and deletes folders; each method is one durable transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC

from services.catalog.edits.request import EditRequest
from services.catalog.folder_record import FolderRecord
from services.catalog.folders.reader import FolderReader
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.folders import (
    delete_folder_row,
    find_folder_request,
    insert_folder,
    read_folder_roots,
    update_folder,
)
from services.catalog.storage.library_row import Counter, read_counter, write_counter
from services.catalog.storage.people import new_person_id
from services.common.errors import (
    AbortedError,
    AlreadyExistsError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
)
from services.common.limits import MAX_FOLDERS


@dataclass(frozen=True, slots=True)
class FolderChange:
    """What a user wants to be changed of a folder, checked; None leaves it as it is.

    Attributes:
        display_name: for people to read.
        include: patterns one of which a file must match.
        exclude: patterns of what is left out.
        trash_missing_days: see `FolderRecord`.
        watch: likewise.

    """

    display_name: str | None = None
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    trash_missing_days: int | None = None
    watch: bool | None = None

    def applied(self, folder: FolderRecord) -> FolderRecord:
        """Return the folder with all of it."""
        return replace(
            folder,
            display_name=folder.display_name if self.display_name is None else self.display_name,
            include=folder.include if self.include is None else self.include,
            exclude=folder.exclude if self.exclude is None else self.exclude,
            trash_missing_days=(
                folder.trash_missing_days if self.trash_missing_days is None else self.trash_missing_days
            ),
            watch=folder.watch if self.watch is None else self.watch,
        )


class FolderWriter:
    """Writes the folders of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        reader: of its folders.
        library_id: for messages.
        changed: called when a change is durable, for who follows watched folders.

    """

    def __init__(
        self, database: Database, reader: FolderReader, library_id: str, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._reader = reader
        self._library_id = library_id
        self._changed = changed

    def create(
        self,
        root_uri: str,
        change: FolderChange,
        *,
        request: EditRequest = EditRequest(),  # noqa: B008 - frozen
        validate_only: bool = False,
    ) -> FolderRecord:
        """Create a folder; one that was only validated has no id.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.
            AlreadyExistsError: FOLDER_OVERLAPS.
            ResourceExhaustedError: TOO_MANY_FOLDERS.

        """
        with self._database.write() as transaction:
            cursor = transaction.cursor
            before = find_folder_request(cursor, request.id) if request.id else None
            if before is not None:
                return self._repeated(cursor, before, request)
            self._check_room(cursor, root_uri)
            number = read_counter(cursor, Counter.FOLDERS)
            now = transaction.now.replace(tzinfo=UTC)
            folder = change.applied(FolderRecord("", number, "", root_uri, (), (), 0, 0, now, now))
            if not validate_only:
                folder = replace(folder, id=new_person_id())
                write_counter(cursor, Counter.FOLDERS, number + 1)
                insert_folder(transaction, folder, request_id=request.id, request_digest=request.digest)
                transaction.commit()
                self._changed()
        return folder

    def update(self, folder_id: str, change: FolderChange, *, etag: str = "") -> FolderRecord:
        """Change a folder; return it as it is then. What is as wanted already changes nothing.

        Raises:
            NotFoundError: FOLDER_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            before = self._reader.find(transaction.cursor, folder_id)
            self._check_etag(before, etag)
            after = change.applied(before)
            if after != before:
                after = after.touched(transaction.now.replace(tzinfo=UTC))
                update_folder(transaction, after)
                transaction.note_erasure()
                transaction.commit()
                self._changed()
        return after

    def delete(self, folder_id: str, *, etag: str = "", validate_only: bool = False) -> FolderRecord:
        """Delete a folder; return it as it was. What was indexed in it stays, with its places.

        Raises:
            NotFoundError: FOLDER_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            folder = self._reader.find(transaction.cursor, folder_id)
            self._check_etag(folder, etag)
            if not validate_only:
                delete_folder_row(transaction, folder)
                transaction.note_erasure()
                transaction.commit()
                self._changed()
        return folder

    def _repeated(self, cursor: Cursor, before: tuple[str, str], request: EditRequest) -> FolderRecord:
        """Return the folder that a request has created already."""
        folder_id, digest = before
        if digest != request.digest:
            raise InvalidArgumentError(
                Reason.REQUEST_ID_REUSED,
                f"The request id {request.id} created another folder. Make a new one up for each folder; send the same "
                "one again only with the same request.",
                field="request_id",
            )
        return self._reader.find(cursor, folder_id)

    def _check_room(self, cursor: Cursor, root_uri: str) -> None:
        roots = read_folder_roots(cursor)
        for root, folder_id in roots.items():
            # By whole names: `photos` and `photos_private` have nothing in common.
            if f"{root}/".startswith(f"{root_uri}/") or f"{root_uri}/".startswith(f"{root}/"):
                raise AlreadyExistsError(
                    Reason.FOLDER_OVERLAPS,
                    "The folder is, holds or lies in one that the library has already, and a file belongs to one "
                    "folder only. Change that one, or delete it first: what was indexed stays.",
                    resource=f"libraries/{self._library_id}/folders/{folder_id}",
                )
        if len(roots) >= MAX_FOLDERS:
            raise ResourceExhaustedError(
                Reason.TOO_MANY_FOLDERS,
                f"The limit of folders of a library, {MAX_FOLDERS:,}, is reached. Delete one, or choose a folder that "
                "holds several.",
                metadata={"limit": str(MAX_FOLDERS), "value": str(len(roots))},
            )

    def _check_etag(self, folder: FolderRecord, etag: str) -> None:
        if etag and etag != folder.etag:
            raise AbortedError(
                Reason.ETAG_MISMATCH,
                "The folder has changed since you got its etag. Get it again before you change it.",
                resource=f"libraries/{self._library_id}/folders/{folder.id}",
            )

"""Whether a folder is away as a whole: then nothing can be said of any file in it, and nothing is changed."""

from collections.abc import Set as AbstractSet
from typing import Final

from services.catalog.folder_record import FolderRecord
from services.catalog.folders.comparison import Comparison
from services.catalog.folders.unreadable import unreadable, wrong_patterns
from services.catalog.folders.walk import FolderWalk, folder_identity
from services.common.errors import FailedPreconditionError, Reason
from services.common.file_uri import path_of
from services.common.roots import Roots
from services.common.scan.exclusions import PatternError

_HOW: Final = "Is its drive or share mounted?"


class Guard:
    """Refuses to sync a folder that is away, or in whose place another one is.

    A folder that somebody emptied looks just like a drive that is not mounted: an empty mount point. Only the user
    knows which it is, and says so by `even_if_empty`.

    Args:
        folder: the folder.
        library_id: for messages.
        roots: the folders that may be read.
        even_if_empty: whether the folder is taken as it is.

    Attributes:
        identity: which folder it is, by device and number; empty before `begin`.

    """

    def __init__(self, folder: FolderRecord, library_id: str, roots: Roots, *, even_if_empty: bool) -> None:
        path = path_of(folder.root_uri)
        if path is None:
            raise AssertionError("a folder has a path")
        self._folder = folder
        self._path = path
        self._name = f"libraries/{library_id}/folders/{folder.id}"
        self._roots = roots
        self._even_if_empty = even_if_empty
        self.identity = ""

    def begin(self) -> FolderWalk:
        """Return the way through the folder.

        Raises:
            FailedPreconditionError: FOLDER_UNAVAILABLE, PATTERN_INVALID.

        """
        try:
            walk = FolderWalk(self._roots, self._path, self._folder.include, self._folder.exclude)
        except PatternError as error:
            wrong = wrong_patterns(error)
            raise FailedPreconditionError(wrong.reason, wrong.message, resource=self._name) from error
        except OSError as error:
            raise self._unavailable(unreadable(error).message) from error
        self.identity = walk.identity
        return walk

    def check_empty(self, walk: FolderWalk, *, has_places: bool) -> None:
        """Refuse a folder that is empty, though files are known in it.

        Raises:
            FailedPreconditionError: FOLDER_EMPTY.

        """
        if walk.is_empty and has_places and not self._even_if_empty:
            raise FailedPreconditionError(
                Reason.FOLDER_EMPTY,
                f"The folder is empty, and files are known in it. {_HOW} If they are gone for good, sync it with "
                "even_if_empty.",
                resource=self._name,
            )

    def check_known(self, walk: FolderWalk, comparison: Comparison) -> None:
        """Refuse a folder that went away while it was read, or is another one and has none of the known files.

        Raises:
            FailedPreconditionError: FOLDER_UNAVAILABLE.

        """
        self._check_identity()
        # After a restart a device may have another number, so that alone says nothing.
        is_another = bool(comparison.gone) and not comparison.present and self._folder.identity != walk.identity
        if is_another and not self._even_if_empty:
            raise self._unavailable(
                "Another folder than before is in its place, with none of the known files. If they are gone for good, "
                "sync it with even_if_empty."
            )

    def check_bytes(self, comparison: Comparison, found: AbstractSet[int]) -> None:
        """Refuse another folder with files of the same names, as two memory cards have them: none is as it was.

        They would take the place of the photos that were known, which are erased then, and all that was said of them.

        Args:
            comparison: of the folder's files with what is known.
            found: images whose bytes are in the folder, among them all files that are not as they were.

        Raises:
            FailedPreconditionError: FOLDER_UNAVAILABLE.

        """
        if self._even_if_empty or self._folder.identity in ("", self.identity):
            return
        replaced = {one.known.image_id for one in comparison.differing if one.known is not None}
        known = replaced | {place.image_id for place in comparison.gone}
        if replaced and not comparison.unchanged and not known & found:
            raise self._unavailable(
                "Another folder than before is in its place: its files have names that are known, and none is the file "
                "that it was. If they are to take the place of those, sync it with even_if_empty."
            )

    def judge(self) -> None:
        """Take notice that the system does not let a file be read, which may be there no more.

        Raises:
            FailedPreconditionError: FOLDER_UNAVAILABLE, that is not the fault of this file.

        """
        self._check_identity()

    def _check_identity(self) -> None:
        try:
            identity = folder_identity(self._roots, self._path)
        except OSError as error:
            raise self._unavailable(unreadable(error).message) from error
        if identity != self.identity:
            raise self._unavailable("It went away.")

    def _unavailable(self, why: str) -> FailedPreconditionError:
        return FailedPreconditionError(
            Reason.FOLDER_UNAVAILABLE, f"{why} {_HOW} Nothing was marked as missing.", resource=self._name
        )

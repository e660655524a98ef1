"""What was erased is in none of the library's files any more, byte for byte."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.catalog.albums.writer import AlbumChange
from services.catalog.folder_record import FileFailure, SyncOutcome, SyncReport
from services.catalog.folders.writer import FolderChange
from services.catalog.image_statements import NOTHING_SAID, Statements
from services.catalog.library import Library
from services.catalog.library_paths import files_of
from services.catalog.smart_filter import SmartFilter
from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import Photo, all_found, compact, found, photo

PHOTOS = 9
GONE = 3


def delete(library: Library, gone: list[Photo]) -> None:
    for one in gone:
        library.delete_image(one.analysis.sha256)


def forget(library: Library, gone: list[Photo]) -> None:
    library.forget_sources([one.analysis.source.uri for one in gone])


def purge(library: Library, gone: list[Photo]) -> None:
    """Move photos to the trash, where nothing of them is lost, and erase them there."""
    library.trash._kept = timedelta(days=30)
    delete(library, gone)
    assert library.record().erase_time is None
    compact(library)
    assert all_found(library._database.path, [one.traces for one in gone]) == [one.traces.keys() for one in gone]
    assert library.trash.purge([one.analysis.sha256 for one in gone]) == len(gone)


def purge_all(library: Library, gone: list[Photo]) -> None:
    library.trash._kept = timedelta(days=30)
    forget(library, gone)
    assert library.trash.purge_all() == len(gone)


def edit_files(library: Library, gone: list[Photo]) -> None:
    """Put other bytes in the places of photos; the places themselves stay."""
    for one in gone:
        del one.traces["URI"], one.traces["file name"]
        other = photo(PHOTOS, uri=one.analysis.source.uri).analysis
        object.__setattr__(other, "source", one.analysis.source)
        assert library.add_image(other).replaced == one.analysis.sha256


@pytest.mark.parametrize("erase", [delete, forget, edit_files, purge, purge_all])
def test_nothing_of_an_erased_photo_is_left(
    library: Library, path: Path, erase: Callable[[Library, list[Photo]], None]
) -> None:
    photos = [photo(number) for number in range(PHOTOS)]
    for one in photos:
        library.add_image(one.analysis)
    gone, kept = photos[:GONE], photos[GONE:]
    library.close()
    library = Library(path, "a")
    erase(library, gone)
    # Else this would show nothing.
    assert all_found(path, [one.traces for one in gone]) == [one.traces.keys() for one in gone]
    assert library.record().erase_time is not None
    compact(library)
    assert library.record().erase_time is None
    assert all_found(path, [one.traces for one in gone]) == [set()] * GONE
    assert all_found(path, [one.traces for one in kept]) == [one.traces.keys() for one in kept]
    library.close()
    assert files_of(path) == [path]


def test_nothing_is_left_of_what_users_said(library: Library, path: Path) -> None:
    names = ("purged", "changed")
    traces = [{"description": f"once in {name} times".encode(), "tag": f"tag of {name}".encode()} for name in names]
    for name, one in zip(names, traces, strict=True):
        library.add_image(analysis(name))
        said = Statements(description=one["description"].decode(), tags=(one["tag"].decode(),))
        library.statements.update(sha256(name), lambda _, said=said: said)  # type: ignore[misc]
    compact(library)
    assert all_found(path, traces) == [one.keys() for one in traces]
    library.delete_image(sha256("purged"))
    library.statements.update(sha256("changed"), lambda _: NOTHING_SAID)
    compact(library)
    assert all_found(path, traces) == [set(), set()]


def test_a_name_lasts_as_long_as_the_trash(path: Path) -> None:
    with contextlib.closing(Library(path, "a", trash=timedelta(days=30))) as library:
        for number in range(2):
            library.add_image(analysis(str(number), direction(0.01 * number)))
        (person,) = library.list_people(limit=2).items
        traces = {"name": b"Wilhelmine Quax"}
        library.edits.update(person.id, display_name="Wilhelmine Quax")
        for number in range(2):
            library.delete_image(sha256(str(number)))
        library.forget_names()
        compact(library)
        assert found(path, traces) == {"name"}
        library.trash.purge([sha256("0")])
        compact(library)
        assert found(path, traces) == {"name"}
        library.trash.purge([sha256("1")])
        compact(library)
        assert found(path, traces) == set()


def test_nothing_is_left_of_a_name_that_nobody_bears(library: Library, path: Path) -> None:
    for number in range(2):
        library.add_image(analysis(str(number), direction(0.01 * number)))
    (person,) = library.list_people(limit=2).items
    traces = {"name": b"Wilhelmine Quax"}
    library.edits.update(person.id, display_name="Wilhelmine Quax")
    compact(library)
    assert found(path, traces) == {"name"}
    for number in range(2):
        library.delete_image(sha256(str(number)))
    assert found(path, traces) == {"name"}
    compact(library)
    assert found(path, traces) == set()


def test_nothing_is_left_of_what_an_album_was_called(library: Library, path: Path) -> None:
    words = {"name": "Wilhelmine Quax", "description": "Zwischen den Jahren", "filter": "objects:mammoth"}
    traces = {kind: word.encode() for kind, word in words.items()}
    kept = {"name": b"Onkel Theodor"}
    change = AlbumChange(words["name"], words["description"], SmartFilter(expression=words["filter"]))
    made = library.albums.write.create(change)
    library.albums.write.create(AlbumChange("Onkel Theodor"))
    compact(library)
    assert found(path, traces) == traces.keys()
    library.albums.write.update(made.id, AlbumChange("", "", SmartFilter()))
    assert library.record().erase_time is not None
    compact(library)
    assert found(path, traces) == set()
    library.albums.write.update(made.id, change)
    library.albums.write.delete(made.id)
    compact(library)
    assert (found(path, traces), found(path, kept)) == (set(), {"name"})


def test_nothing_is_left_of_what_a_folder_was_called_or_held(library: Library, path: Path) -> None:
    words = {"name": "Wilhelmine Quax", "root": "zwischen-den-jahren", "pattern": "mammoth/*.jpg"}
    traces = {kind: word.encode() for kind, word in words.items()}
    file = {"file": b"regentropfen"}
    made = library.folders.write.create(f"file:///{words['root']}", FolderChange(words["name"], (words["pattern"],)))
    error = FailedPreconditionError(Reason.FILE_UNREADABLE, "It can't be read.")
    failures = (FileFailure(f"file:///{file['file'].decode()}", error),)
    now = datetime.now(UTC)
    library.folders.syncs.note(made.id, SyncReport("1", SyncOutcome.FAILED, now, now, failures=failures, error=error))
    assert library.folders.read.get(made.id).last_sync is not None
    compact(library)
    assert found(path, traces | file) == (traces | file).keys()
    # A sync that has only begun says nothing of files.
    library.folders.syncs.note(made.id, SyncReport("2", SyncOutcome.RUNNING, now))
    assert library.record().erase_time is None
    library.folders.syncs.note(made.id, SyncReport("2", SyncOutcome.SUCCEEDED, now, now))
    assert library.record().erase_time is not None
    library.folders.write.update(made.id, FolderChange("Photos", ()))
    compact(library)
    assert found(path, traces | file) == {"root"}
    library.folders.write.delete(made.id)
    compact(library)
    assert found(path, traces | file) == set()


def test_a_photo_that_is_deleted_meanwhile_is_still_owed(library: Library, path: Path) -> None:
    first, second = photo(1), photo(2)
    for one in (first, second):
        library.add_image(one.analysis)
    library.delete_image(first.analysis.sha256)
    run = library.compaction.begin()
    assert run.advance() is not None
    library.delete_image(second.analysis.sha256)
    while run.advance() is not None:
        pass
    run.close()
    assert found(path, first.traces) == set()
    assert library.record().erase_time is not None
    compact(library)
    assert found(path, second.traces) == set()
    assert library.record().erase_time is None


def test_what_a_killed_process_left_goes_when_the_library_is_opened(path: Path) -> None:
    Library(path, "a").close()
    secret = {"face": b"0123456789abcdef"}
    (path.parent / f"{path.name}.tmp").mkdir()
    for name in (".tmp/duckdb_temp_storage_DEFAULT-0.tmp", ".copy", ".copy.wal", ".copy.wal.checkpoint"):
        (path.parent / f"{path.name}{name}").write_bytes(secret["face"])
    assert found(path, secret) == {"face"}
    Library(path, "a").close()
    assert found(path, secret) == set()
    assert files_of(path) == [path]


def test_the_space_is_given_back(library: Library, path: Path) -> None:
    photos = [photo(number, faces=2, thumbnail_bytes=40_000) for number in range(50)]
    library.additions.add_all([one.analysis for one in photos])
    library.close()
    before = path.stat().st_size
    library = Library(path, "a")
    delete(library, photos[:30])
    compact(library)
    library.close()
    assert path.stat().st_size < 0.75 * before

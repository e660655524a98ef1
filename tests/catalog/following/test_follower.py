"""Watched folders: what changes in them is found without anybody's asking for it."""

import shutil
from pathlib import Path

from services.catalog.folders.writer import FolderChange
from services.catalog.following.armed_watch import FollowState
from services.catalog.operations.operation import OperationState
from services.catalog.syncing.folder_sync import FOLDER_SYNC
from tests.catalog.following.watching import Watched, watching
from tests.catalog.leasing import open_ones
from tests.catalog.syncing.folders import LIBRARY, Place, write

A, B, C = b"photo a", b"photo b", b"photo c"


def test_what_is_added_changed_moved_and_removed_is_found(watched: Watched) -> None:
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    watched.until(lambda: place.places().keys() == {"a.jpg"})
    assert watched.state(place) is FollowState.WATCHING
    write(watched.root / "new/deep/b.jpg", B, 1)
    watched.until(lambda: place.places().keys() == {"a.jpg", "new/deep/b.jpg"})
    # In a directory that was made meanwhile.
    write(watched.root / "new/deep/b.jpg", C, 2)
    watched.until(lambda: watched.feed.indexed == [A, B, C])
    (watched.root / "a.jpg").rename(watched.root / "new/moved.jpg")
    watched.until(lambda: "new/moved.jpg" in place.places())
    assert watched.feed.indexed == [A, B, C]
    assert not place.missing()
    (watched.root / "new/moved.jpg").unlink()
    watched.until(lambda: place.missing() == {"new/moved.jpg"})
    shutil.rmtree(watched.root / "new")
    write(watched.root / "a.jpg", A, 1)
    watched.until(lambda: "a.jpg" in place.places() and place.missing() == {"new/deep/b.jpg"})


def test_a_folder_is_watched_only_if_that_is_wanted(watched: Watched) -> None:
    place = watched.place(watch=False)
    write(watched.root / "a.jpg", A, 1)
    watched.until_quiet()
    assert not watched.syncs()
    with place.library() as library:
        library.folders.write.update(place.folder.id, FolderChange(watch=True))
    watched.until(lambda: place.places().keys() == {"a.jpg"})
    with place.library() as library:
        library.folders.write.update(place.folder.id, FolderChange(watch=False))
    watched.until_quiet()
    write(watched.root / "b.jpg", B, 1)
    watched.until_quiet()
    assert place.places().keys() == {"a.jpg"}


def test_a_burst_takes_few_syncs_and_a_sync_causes_no_other(watched: Watched) -> None:
    place = watched.place()
    watched.until_quiet()
    count = watched.count()
    for number in range(500):
        write(watched.root / f"{number % 10}/{number}.jpg", b"photo %d" % number, 1)
        if not number % 100:
            watched.follower.work()
    watched.until(lambda: len(place.places()) == 500)
    watched.until_quiet()
    assert 1 <= count() <= 5
    # The operation of the last one is kept, so that others have room in the list.
    assert len(watched.syncs()) == 1


def test_what_no_sync_would_see_begins_none(watched: Watched) -> None:
    with watched.catalog.lease(LIBRARY):
        pass
    (watched.root / "@eaDir").mkdir()
    place = watched.place()
    watched.until_quiet()
    count = watched.count()
    (watched.root / ".hidden.jpg").write_bytes(A)
    (watched.root / "@eaDir/a.jpg").write_bytes(A)
    watched.until_quiet()
    assert not count()
    (watched.root / ".albumenignore").write_text("b.jpg\n")
    write(watched.root / "b.jpg", B, 1)
    watched.until_quiet()
    assert count()
    assert not place.places()
    (watched.root / ".albumenignore").unlink()
    watched.until(lambda: place.places().keys() == {"b.jpg"})


def test_a_folder_that_goes_away_takes_nothing_and_is_followed_again_when_it_is_back(watched: Watched) -> None:
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    watched.until(lambda: bool(place.places()))
    away = watched.root.rename(watched.disk / "away")
    watched.until(lambda: watched.state(place) is FollowState.AWAY)
    write(away / "b.jpg", B, 1)
    watched.until_quiet()
    assert place.places().keys() == {"a.jpg"}
    # An empty mount point.
    watched.root.mkdir()
    watched.until(lambda: watched.state(place) is FollowState.WATCHING)
    watched.until(lambda: watched.syncs()[0].state is OperationState.FAILED)
    assert not place.missing()
    watched.root.rmdir()
    away.rename(watched.root)
    watched.until(lambda: place.places().keys() == {"a.jpg", "b.jpg"})
    assert not place.missing()
    write(watched.root / "c.jpg", C, 1)
    watched.until(lambda: "c.jpg" in place.places())


def test_a_folder_that_is_not_there_at_the_start_is_found_later(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        place = watched.place()
    watched.root.rmdir()
    with watching(tmp_path) as watched:
        watched.root.rmdir()
        watched.until(lambda: watched.state(place) is FollowState.AWAY)
        write(watched.root / "a.jpg", A, 1)
        place = watched.place()
        watched.until(lambda: place.places().keys() == {"a.jpg"})


def test_a_start_catches_up(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        write(watched.root / "a.jpg", A, 1)
        place = watched.place()
        watched.until(lambda: bool(place.places()))
    write(watched.root / "b.jpg", B, 1)
    (watched.root / "a.jpg").unlink()
    with watching(tmp_path) as watched:
        place = Place(watched.catalog, watched.root)
        watched.until(lambda: "b.jpg" in place.places())
        assert place.missing() == {"a.jpg"}


def test_a_library_is_not_held_open_and_followed_when_it_is_closed(tmp_path: Path) -> None:
    with watching(tmp_path) as watched:
        place = watched.place()
        watched.catalog.create("other")
        watched.until_quiet()
        for library in list(watched.catalog.leases.each()):
            with watched.catalog.leases.slot(library.id) as slot:
                watched.catalog.leases.forget(library.id, slot)
                library.close()
        watched.until_quiet()
        assert not open_ones(watched.catalog)
        write(watched.root / "a.jpg", A, 1)
        watched.until(lambda: bool(open_ones(watched.catalog)))
        watched.until(lambda: place.places().keys() == {"a.jpg"})
        # Nobody has a reason to open this one.
        assert open_ones(watched.catalog) == [LIBRARY]


def test_a_deleted_folder_and_that_of_an_erased_library_are_left_alone(watched: Watched) -> None:
    place = watched.place()
    watched.until_quiet()
    with place.library() as library:
        library.folders.write.delete(place.folder.id)
    watched.until_quiet()
    count = watched.count()
    write(watched.root / "a.jpg", A, 1)
    watched.until_quiet()
    place = watched.place()
    watched.until(lambda: count() == 1)
    watched.until_quiet()
    watched.catalog.delete(LIBRARY, force=True)
    write(watched.root / "b.jpg", A, 1)
    watched.until_quiet()
    assert (count(), watched.syncs()) == (1, ())


def test_the_folders_of_a_library_that_has_come_from_elsewhere_are_followed(watched: Watched, tmp_path: Path) -> None:
    watched.until_quiet()
    with watching(tmp_path / "elsewhere") as elsewhere:
        Place(elsewhere.catalog, watched.root, watch=True)
    with watched.catalog.arrivals.arriving(LIBRARY) as arrived:
        shutil.copy(tmp_path / "elsewhere/libraries/default.duckdb", arrived)
        watched.catalog.arrivals.adopt(arrived, LIBRARY)
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    watched.until(lambda: place.places().keys() == {"a.jpg"})


def test_a_library_that_is_restored_at_once_has_its_folders_synced_anew(watched: Watched, tmp_path: Path) -> None:
    write(watched.root / "a.jpg", A, 1)
    with watching(tmp_path / "elsewhere") as elsewhere:
        Place(elsewhere.catalog, watched.root, watch=True)
    # The follower has no turn between the erasure and the return, of a library that knew less.
    for _ in range(2):
        if LIBRARY in watched.catalog.ids():
            watched.catalog.delete(LIBRARY, force=True)
        with watched.catalog.arrivals.arriving(LIBRARY) as arrived:
            shutil.copy(tmp_path / "elsewhere/libraries/default.duckdb", arrived)
            watched.catalog.arrivals.adopt(arrived, LIBRARY)
        place = watched.place()
        assert not place.places()
        watched.until(lambda: place.places().keys() == {"a.jpg"})  # noqa: B023 - called at once
        watched.until_quiet()


def test_new_patterns_are_heeded_without_a_call(watched: Watched) -> None:
    write(watched.root / "raw/a.jpg", A, 1)
    place = watched.place()
    with place.library() as library:
        library.folders.write.update(place.folder.id, FolderChange(exclude=("raw/",)))
    watched.until_quiet()
    assert not place.places()
    with place.library() as library:
        library.folders.write.update(place.folder.id, FolderChange(exclude=()))
    watched.until(lambda: place.places().keys() == {"raw/a.jpg"})


def test_a_sync_of_somebody_else_is_waited_for(watched: Watched) -> None:
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    theirs = watched.operations.begin(LIBRARY, FOLDER_SYNC, {"folder": place.folder.id}).key
    watched.until_quiet()
    write(watched.root / "b.jpg", B, 1)
    watched.until(lambda: place.places().keys() == {"a.jpg", "b.jpg"})
    assert watched.operations.get(theirs).done
    assert watched.feed.indexed == [A, B]


def test_one_of_many_folders_is_synced_at_a_time(watched: Watched) -> None:
    places = [watched.place(f"folder {number}") for number in range(5)]
    for number, place in enumerate(places):
        write(place.root / "a.jpg", b"photo %d" % number, 1)
    most = 0

    def all_are_there() -> bool:
        nonlocal most
        most = max(most, sum(not one.done for one in watched.syncs()))
        return all(place.places() for place in places)

    watched.until(all_are_there)
    assert most == 1

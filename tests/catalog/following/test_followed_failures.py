"""Watched folders of which the system does not tell, and syncs that fail."""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.following.armed_watch import FollowState
from services.catalog.following.budget import WatchBudget
from services.catalog.following.mounts import Mounts
from services.catalog.operations.operation import OperationState
from services.catalog.records import AddedImage
from services.catalog.vocabulary import Source
from services.common.errors import Reason, UnavailableError
from tests.catalog.following.watching import QUICK, Watched, watching
from tests.catalog.syncing.folders import LIBRARY, write

A, B = b"photo a", b"photo b"
PERIODIC = replace(QUICK, resync=0.2)


def note(watched: Watched, folder_id: str) -> str:
    return watched.follower.following(LIBRARY, folder_id).note


@pytest.mark.parametrize("budget", [WatchBudget(folders=0), WatchBudget(directories=1)], ids=["folders", "directories"])
def test_a_folder_beyond_the_bounds_is_synced_now_and_then(tmp_path: Path, budget: WatchBudget) -> None:
    with watching(tmp_path, PERIODIC, budget=budget) as watched:
        write(watched.root / "below/a.jpg", A, 1)
        place = watched.place()
        watched.until(lambda: bool(place.places()))
        assert watched.state(place) is FollowState.PERIODIC
        assert "may be" in note(watched, place.folder.id)
        write(watched.root / "below/b.jpg", B, 1)
        watched.until(lambda: "below/b.jpg" in place.places())


def test_a_folder_that_the_system_refuses_to_watch_is_synced_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: str, **_: object) -> Iterator[None]:
        if paths:
            raise OSError(f'OS file watch limit reached. about ["{paths[0]}"]')
        yield

    monkeypatch.setattr("watchfiles.watch", refuse)
    with watching(tmp_path, PERIODIC) as watched:
        place = watched.place()
        write(watched.root / "a.jpg", A, 1)
        watched.until(lambda: bool(place.places()))
        assert watched.state(place) is FollowState.PERIODIC
        assert note(watched, place.folder.id) == (
            "the system refuses to watch it (OS file watch limit reached.; see fs.inotify.max_user_watches and "
            "max_user_instances)"
        )
        write(watched.root / "b.jpg", B, 1)
        watched.until(lambda: "b.jpg" in place.places())
        # There is room again.
        monkeypatch.undo()
        watched.until(lambda: watched.state(place) is FollowState.WATCHING)
        assert not note(watched, place.folder.id)


def test_a_network_disk_is_synced_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = f"40 1 0:99 / {tmp_path}/disk rw - nfs4 server:/photos rw\n"
    (tmp_path / "mountinfo").write_text(f"20 1 8:1 / / rw - ext4 /dev/sda1 rw\n{line}")
    read = Mounts.read
    monkeypatch.setattr(Mounts, "read", lambda: read(tmp_path / "mountinfo"))
    with watching(tmp_path, PERIODIC) as watched:
        place = watched.place()
        write(watched.root / "a.jpg", A, 1)
        watched.until(lambda: bool(place.places()))
        assert watched.state(place) is FollowState.PERIODIC
        assert note(watched, place.folder.id) == "a disk in it (nfs4) does not tell what others change there"
        # Another disk is mounted there.
        (tmp_path / "mountinfo").write_text("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
        watched.until(lambda: watched.state(place) is FollowState.WATCHING)


@pytest.mark.skipif(os.name != "posix", reason="names of files are text")
def test_a_directory_whose_name_is_no_text_is_synced_now_and_then(tmp_path: Path) -> None:
    with watching(tmp_path, PERIODIC) as watched:
        place = watched.place()
        watched.until(lambda: watched.state(place) is FollowState.WATCHING)
        write(Path(os.fsdecode(os.fsencode(watched.root) + b"/\xff/a.jpg")), A, 1)
        # The first sync may be early enough to find it.
        watched.until(lambda: watched.state(place) is FollowState.PERIODIC)
        watched.until(lambda: place.places().keys() == {"%FF/a.jpg"})
        write(Path(os.fsdecode(os.fsencode(watched.root) + b"/\xff/b.jpg")), B, 1)
        watched.until(lambda: len(place.places()) == 2)


def test_a_sync_that_fails_is_tried_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = watched.feed.submit
    tries = 0

    def fail_twice(library_id: str, content: bytes, source: Source) -> Future[AddedImage]:
        nonlocal tries
        tries += 1
        if tries > 2:
            return submit(library_id, content, source)
        future: Future[AddedImage] = Future()
        future.set_exception(UnavailableError(Reason.DETECTOR_UNAVAILABLE, "It is away."))
        return future

    monkeypatch.setattr(watched.feed, "submit", fail_twice)
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    watched.until(lambda: bool(place.places()))
    assert tries == 3
    watched.until_quiet()
    (last,) = watched.syncs()
    assert last.state is OperationState.SUCCEEDED


def test_how_long_it_waits_after_failures() -> None:
    pace = replace(QUICK, retry=15, resync=600)
    assert [pace.retry_after(failures) for failures in (1, 2, 3, 100)] == [15, 30, 60, 600]


def test_a_sync_that_a_user_cancels_waits_for_the_next_change(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched.feed, "take", lambda _: False)
    write(watched.root / "a.jpg", A, 1)
    place = watched.place()
    watched.until(lambda: bool(watched.syncs()))
    (sync,) = watched.syncs()
    watched.operations.cancel(sync.key)
    watched.until_quiet()
    (only,) = watched.syncs()
    assert (only.key, only.state) == (sync.key, OperationState.CANCELLED)
    monkeypatch.undo()
    write(watched.root / "b.jpg", B, 1)
    watched.until(lambda: place.places().keys() == {"a.jpg", "b.jpg"})

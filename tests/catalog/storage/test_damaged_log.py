"""A damaged log is told, and kept; a torn one, as kill -9 leaves it, opens."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_pb2
from albumen.catalog.v1 import library_service_pb2 as library_pb
from services.catalog.catalog import Catalog
from services.catalog.library import Library
from services.catalog.records import UnavailableLibrary
from services.catalog.storage.write_ahead_log import is_damaged
from services.common.errors import AlreadyExistsError, Reason, UnavailableError
from tests.catalog.asking import refusal
from tests.catalog.conftest import open_world
from tests.catalog.fake_vision import Script

IMAGES = 3
FILE, LOG = "default.duckdb", "default.duckdb.wal"
BLOCK = 4096
# Makes or opens a library, adds photos, and dies.
WRITER = """
import os, sys
from pathlib import Path
from services.catalog.library import Library
from tests.catalog.clustering.synthetic import analysis, direction
path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
library = Library(path, "default")
for number in range(first, first + count):
    library.add_image(analysis(str(number), direction(number)))
os._exit(0)
"""


def write_and_die(path: Path, first: int, count: int) -> None:
    subprocess.run([sys.executable, "-c", WRITER, path, str(first), str(count)], check=True)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """What a process that was killed left: a library's file, and its log with three photos in it."""
    path = tmp_path_factory.mktemp("left") / FILE
    Library(path, "default").close()
    write_and_die(path, 0, IMAGES)
    log = path.with_name(LOG).read_bytes()
    assert len(log) > 2 * BLOCK
    return path.read_bytes(), log


def put(folder: Path, file: bytes, log: bytes) -> Path:
    (folder / FILE).write_bytes(file)
    (folder / LOG).write_bytes(log)
    return folder / FILE


@contextmanager
def opened(path: Path) -> Iterator[Library]:
    library = Library(path, "default")
    try:
        yield library
    finally:
        library.close()


def overwritten(start: Callable[[bytes], int], content: bytes) -> Callable[[bytes], bytes]:
    def damage(log: bytes) -> bytes:
        position = start(log)
        return log[:position] + content + log[position + len(content) :]

    return damage


def second_entry(log: bytes) -> int:
    first = log.index(b"\xff\xff") + 2
    return first + 16 + int.from_bytes(log[first : first + 8], "little")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "8 KiB of zeros first": overwritten(lambda _: 0, bytes(8192)),
    "a zero first": overwritten(lambda _: 0, bytes(1)),
    "a block of ones first": overwritten(lambda _: 0, b"\xff" * BLOCK),
    "another file": lambda _: b"no database" * 1000,
    "nothing but zeros": lambda log: bytes(len(log)),
    "the length of an entry": overwritten(second_entry, (10**6).to_bytes(8, "little")),
    "no length of an entry": overwritten(second_entry, bytes(8)),
    "a block of zeros in the middle": overwritten(lambda log: len(log) // 2, bytes(BLOCK)),
}


@pytest.mark.parametrize("case", DAMAGES)
async def test_a_damaged_log_makes_its_library_unavailable_and_is_kept(
    left: tuple[bytes, bytes], tmp_path: Path, case: str
) -> None:
    file, log = left
    damaged = DAMAGES[case](log)
    path = put(tmp_path, file, damaged)
    async with open_world(tmp_path, Script()) as world:
        with capture_logs() as logs:
            # None of them is tried again by the channel itself.
            for call in (
                world.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name="libraries/default")),
                world.images.ForgetSources(image_pb.ForgetSourcesRequest(uris=["file:///x"])),
            ):
                failure = await refusal(call)
                assert (failure.code, failure.reason) == (14, "LIBRARY_UNAVAILABLE")
                assert (failure.resources, failure.fields) == (["libraries/default"], [])
                assert "damaged" in failure.message
        assert str(path) in {event.get("file") for event in logs if event["event"] == "library_unavailable"}
        (listed,) = (await world.libraries.ListLibraries(library_pb.ListLibrariesRequest())).libraries
        assert listed.state == library_pb2.LIBRARY_STATE_UNAVAILABLE
    assert (path.read_bytes(), (tmp_path / LOG).read_bytes()) == (file, damaged)

    put(tmp_path, *left)
    with opened(path) as library:
        assert library.record().image_count == IMAGES


def test_what_to_do_about_a_damaged_log_is_said_and_works(left: tuple[bytes, bytes], tmp_path: Path) -> None:
    file, log = left
    path = put(tmp_path, file, DAMAGES["8 KiB of zeros first"](log))
    advice = "restore its file and its log from a backup, move the log away .*, or erase .* with force"
    with pytest.raises(UnavailableError, match=f"^Library 'default' can't be used. Its log, .*: {advice}") as caught:
        Library(path, "default")
    assert (caught.value.reason, caught.value.resource) == (Reason.LIBRARY_UNAVAILABLE, "libraries/default")
    catalog = Catalog(tmp_path)
    with pytest.raises(AlreadyExistsError, match=advice):
        catalog.create("default")
    (tmp_path / LOG).rename(tmp_path / "kept")
    with catalog.lease("default") as library:
        assert library.record().image_count == 0
    catalog.close()

    put(tmp_path, file, DAMAGES["8 KiB of zeros first"](log))
    catalog = Catalog(tmp_path)
    assert isinstance(catalog.delete("default", force=True), UnavailableLibrary)
    assert not list(tmp_path.glob("default*"))
    catalog.close()


def test_the_log_of_a_checkpoint_under_way_is_looked_at_too(left: tuple[bytes, bytes], tmp_path: Path) -> None:
    path = put(tmp_path, *left)
    beside = tmp_path / f"{LOG}.checkpoint"
    beside.write_bytes(bytes(8192))
    with pytest.raises(UnavailableError, match="log"):
        Library(path, "default")
    assert beside.read_bytes() == bytes(8192)


def test_a_log_that_is_cut_off_anywhere_is_not_damaged(left: tuple[bytes, bytes], tmp_path: Path) -> None:
    _, log = left
    torn = tmp_path / LOG
    torn.write_bytes(log)
    assert not is_damaged(torn)
    for length in [*range(201), *range(201, len(log) - 200, 97), *range(len(log) - 200, len(log) + 1)]:
        torn.write_bytes(log[:length])
        assert not is_damaged(torn), length
        # A loss of power may leave zeros where the rest was to be written.
        if length > 5:
            torn.write_bytes(log[:length] + bytes(BLOCK))
            assert not is_damaged(torn), length
    torn.unlink()
    assert not is_damaged(torn)


@pytest.mark.parametrize("length", [0, 1, 3, 5, 6, 20, 41, 57, 100, 200])
def test_a_log_whose_beginning_is_cut_off_opens(left: tuple[bytes, bytes], tmp_path: Path, length: int) -> None:
    file, log = left
    with opened(put(tmp_path, file, log[:length])) as library:
        assert library.record().image_count == 0


@pytest.mark.parametrize("share", [0.0001, 0.001, 0.5, 0.9999])
def test_what_is_written_behind_a_torn_end_is_there_after_the_next_kill(
    left: tuple[bytes, bytes], tmp_path: Path, share: float
) -> None:
    file, log = left
    path = put(tmp_path, file, log[: int(len(log) * share)])
    with opened(path) as library:
        before = library.record().image_count
    put(tmp_path, file, log[: int(len(log) * share)])
    for first in (10, 20):
        write_and_die(path, first, 2)
    with opened(path) as library:
        assert library.record().image_count == before + 4

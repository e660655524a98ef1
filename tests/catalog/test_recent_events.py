"""Who follows new images closely is told from memory, and of the same as rows tell, after a kill as well."""

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pytest

from services.catalog.events import Change, Event, EventBatch, EventBounds, EventFeed, Position, Resource
from services.catalog.library import Library
from services.catalog.storage import event_log
from services.catalog.storage.database import Cursor
from services.catalog.storage.events import read_events
from services.catalog.storage.new_rows import NewRows
from services.catalog.storage.pending import Pending
from services.catalog.vocabulary import ImageAnalysis
from services.common.errors import AbortedError
from tests.catalog.clustering.synthetic import analysis, direction, galleries, sha256

MANY = 10_000


def photos(count: int, seed: int = 0) -> list[ImageAnalysis]:
    """Photos of few people, so that faces found people, join them and bring them together."""
    faces = galleries(60, 6, seed=seed)
    order = np.random.default_rng(seed).permutation(len(faces))
    return [analysis(f"{seed} {number}", *faces[order[number::count]]) for number in range(count)]


def bridge() -> list[ImageAnalysis]:
    """Photos that found two people, and bring them together, so that one is gone."""
    angles = [0, 0.05, 1, 1.05, 0.5, 0.55, 0.25, 0.75, 0.3, 0.7]
    return [analysis(f"bridge {angle}", direction(angle, 9)) for angle in angles]


def started(path: Path) -> Library:
    """A library with its first face, which decides the embedding space and doesn't wait."""
    library = Library(path, "a")
    library.add_image(analysis("first", direction(0)))
    library.record()
    return library


def told_by_rows(library: Library, after: Position) -> EventBatch:
    """Return what rows tell."""
    with library._database.read() as cursor:
        batch = read_events(cursor, after, library._database.events.last, MANY)
    assert batch is not None
    return batch


def facts(events: Iterable[Event]) -> list[tuple[int, Change, Resource, int, str]]:
    return [(event.seq, event.change, event.resource, event.number, event.name) for event in events]


def test_who_follows_closely_has_no_rows_put_into_their_tables(tmp_path: Path, written: list[int]) -> None:
    library = started(tmp_path / "a.duckdb")
    place = library.events.position()
    written.clear()
    for photo in photos(10):
        library.add_image(photo)
        batch = library.events.read(place, MANY)
        assert (batch.events[0].name, batch.events[0].change) == (photo.sha256, Change.CREATED)
        assert batch.events[0].resource is Resource.IMAGE
        place = batch.position
    assert library.events.position() == place
    assert written == []
    library.close()


@pytest.mark.parametrize("seed", range(3))
def test_memory_tells_what_rows_tell(tmp_path: Path, seed: int) -> None:
    library = started(tmp_path / "a.duckdb")
    start = place = library.events.position()
    seen: list[Event] = []
    for photo in [*photos(40, seed), *bridge()]:
        library.add_image(photo)
        batch = library.events.read(place, MANY)
        assert not batch.more
        seen += batch.events
        place = batch.position
    recent = library._database.events.recent.after(start, MANY)
    rows = told_by_rows(library, start)
    assert recent is not None
    assert Resource.PERSON in [event.resource for event in seen if event.change is Change.DELETED]
    assert facts(recent.events) == facts(rows.events)
    assert recent.position == rows.position == place
    assert {event.name for event in recent.events} <= {event.name for event in seen}
    library.close()


def test_a_batch_ends_where_it_is_full(tmp_path: Path) -> None:
    library = started(tmp_path / "a.duckdb")
    start = place = library.events.position()
    library.additions.add_all(photos(8))
    single: list[tuple[int, str]] = []
    more = True
    while more:
        batch = library.events.read(place, 1)
        single += [(event.seq, event.name) for event in batch.events]
        place, more = batch.position, batch.more
    assert place == library.events.position()
    assert {event.seq for event in told_by_rows(library, start).events} <= {seq for seq, _ in single}
    assert library.events.read(place, 1) == EventBatch((), place, more=False)
    library.close()


def test_what_was_told_before_a_kill_has_its_numbers_after_it(tmp_path: Path) -> None:
    library = started(tmp_path / "a.duckdb")
    start = library.events.position()
    for photo in photos(12)[:9]:
        library.add_image(photo)
    told = library.events.read(start, MANY)
    tmp_path.joinpath("killed").mkdir()
    for part in tmp_path.glob("a.duckdb*"):
        shutil.copy(part, tmp_path / "killed" / part.name)
    again = Library(tmp_path / "killed" / "a.duckdb", "a")
    assert again.events.position() == told.position
    assert facts(again.events.read(start, MANY).events) == facts(told.events)
    for photo in photos(12)[9:]:
        again.add_image(photo)
    later = again.events.read(told.position, MANY)
    assert [event.name for event in later.events if event.resource is Resource.IMAGE] == [
        photo.sha256 for photo in photos(12)[9:]
    ]
    library.close()
    again.close()


def test_nothing_of_what_is_deleted_stays_in_memory(tmp_path: Path) -> None:
    library = started(tmp_path / "a.duckdb")
    start = library.events.position()
    for photo in photos(5):
        library.add_image(photo)
    library.delete_image(photos(5)[2].sha256)
    recent = library._database.events.recent
    assert recent.after(start, MANY) is None
    assert facts(library.events.read(start, MANY).events) == facts(told_by_rows(library, start).events)
    end = recent.end
    assert end is not None
    assert recent.after(end, MANY) == EventBatch((), end, more=False)
    library.close()


def test_who_is_too_far_behind_reads_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_MOST_RECENT", 5)
    library = started(tmp_path / "a.duckdb")
    start = library.events.position()
    for photo in photos(20):
        library.add_image(photo)
    assert library._database.events.recent.after(start, MANY) is None
    batch = library.events.read(start, MANY)
    assert batch.position == library.events.position()
    assert {sha256(f"0 {number}") for number in range(20)} <= {event.name for event in batch.events}
    library.close()


def test_a_place_of_another_history_is_none_of_this(tmp_path: Path) -> None:
    library = started(tmp_path / "a.duckdb")
    library.add_image(photos(5)[0])
    end = library.events.position()
    recent = library._database.events.recent
    assert recent.after(Position(end.seq, end.micros + 1), MANY) is None
    assert recent.after(Position(end.seq + 1, end.micros), MANY) is None
    assert recent.after(Position(0, 0), MANY) is None
    library.close()


def test_memory_keeps_nothing_that_rows_do_not(tmp_path: Path) -> None:
    feed = EventFeed(EventBounds(days=0))
    library = Library(tmp_path / "a.duckdb", "a", feed=feed)
    library.add_image(analysis("first", direction(0)))
    start = library.events.position()
    for photo in photos(5):
        library.add_image(photo)
    assert library.events.read(start, MANY).events
    library.events.expire()
    with pytest.raises(AbortedError, match="not kept any more"):
        library.events.read(start, MANY)
    end = library.events.position()
    assert library.events.read(end, MANY) == EventBatch((), end, more=False)
    library.close()


def test_who_reads_while_rows_cannot_be_moved_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = started(tmp_path / "a.duckdb")
    place = library.events.position()
    # What users do is told by rows.
    library.add_image(analysis("first", source="file:///elsewhere.jpg"))
    first, *coming = photos(5)
    library.add_image(first)
    write = NewRows.write

    def fail(_: Pending) -> None:
        raise duckdb.IOException("No space left on device")

    def write_slowly(rows: NewRows, cursor: Cursor) -> None:
        if len(coming) == 4:
            with ThreadPoolExecutor(1) as thread:
                thread.submit(library.add_image, coming.pop()).result()
        write(rows, cursor)

    with monkeypatch.context() as full:
        full.setattr(Pending, "write", fail)
        full.setattr(NewRows, "write", write_slowly)
        early = library.events.read(place, MANY)
    assert len(coming) == 3
    late = library.events.read(early.position, MANY)
    told = [event.name for batch in (early, late) for event in batch.events if event.resource is Resource.IMAGE]
    assert told == [image.sha256 for image in library.list_images(limit=MANY).items]
    library.close()

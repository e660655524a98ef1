"""What happens in a library, as those who watch it are told: all of it, in order, and nothing that did not happen."""

import contextlib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from services.catalog.albums.writer import AlbumChange
from services.catalog.events import Change, EventBounds, EventFeed, Position, Resource
from services.catalog.library import Library
from services.common.errors import AbortedError, Reason
from tests.catalog.changing import PLACE, add
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import compact, found

ALL = 10**6
Told = list[tuple[Change, Resource, str]]


def told(library: Library, after: Position) -> Told:
    return [(event.change, event.resource, event.name) for event in library.events.read(after, ALL).events]


def found_people(library: Library, count: int) -> None:
    for number in range(count):
        for angle in (0, 0.01):
            library.add_image(analysis(f"{number} {angle}", direction(angle, number)))


def test_a_new_image_and_its_people_are_told_once(library: Library) -> None:
    found_people(library, 1)
    start = library.events.position()
    library.add_image(analysis("a", direction(0.02), direction(0, 1)))
    library.add_image(analysis("b", direction(0.01, 1)))
    library.add_image(analysis("c"))
    (one, other) = library.list_people(limit=9).items
    assert told(library, start) == [
        (Change.CREATED, Resource.IMAGE, sha256("a")),
        (Change.UPDATED, Resource.PERSON, one.id),
        (Change.CREATED, Resource.IMAGE, sha256("b")),
        (Change.CREATED, Resource.PERSON, other.id),
        (Change.CREATED, Resource.IMAGE, sha256("c")),
    ]
    assert told(library, library.events.position()) == []


def test_a_library_tells_of_itself(library: Library) -> None:
    (created,) = library.events.read(None, ALL).events
    assert (created.change, created.resource) == (Change.CREATED, Resource.LIBRARY)
    start = library.events.position()
    library.add_image(analysis("a"))
    library.add_image(analysis("b", direction(0)))
    # Its first face decides the embedding space, which is a field of it.
    assert (Change.UPDATED, Resource.LIBRARY, "") in told(library, start)
    start = library.events.position()
    library.reclustering.begin(eps=0.3).close()
    assert told(library, start) == [(Change.UPDATED, Resource.LIBRARY, "")]


def test_places_of_an_image_are_told(library: Library) -> None:
    library.add_image(analysis("a", source="file:///1"))
    library.add_image(analysis("b", source="file:///2"))
    start = library.events.position()
    library.add_image(analysis("a", source="file:///3"))
    assert told(library, start) == [(Change.UPDATED, Resource.IMAGE, sha256("a"))]
    start = library.events.position()
    library.forget_sources(["file:///2", "file:///3"], validate_only=True)
    assert told(library, start) == []
    library.forget_sources(["file:///2", "file:///3"])
    assert told(library, start) == [
        (Change.UPDATED, Resource.IMAGE, sha256("a")),
        (Change.DELETED, Resource.IMAGE, sha256("b")),
    ]
    start = library.events.position()
    library.add_image(analysis("c", source="file:///1"))
    assert told(library, start) == [
        (Change.CREATED, Resource.IMAGE, sha256("c")),
        (Change.DELETED, Resource.IMAGE, sha256("a")),
    ]


def test_edits_tell_of_themselves_and_of_people(library: Library) -> None:
    found_people(library, 2)
    one, other = library.list_people(limit=9).items
    start = library.events.position()
    library.edits.merge(one.id, [other.id], validate_only=True)
    assert told(library, start) == []
    outcome = library.edits.merge(one.id, [other.id])
    assert outcome.edit is not None
    edit = str(outcome.edit.id)
    assert told(library, start) == [
        (Change.UPDATED, Resource.PERSON, one.id),
        (Change.DELETED, Resource.PERSON, other.id),
        (Change.CREATED, Resource.EDIT, edit),
    ]
    start = library.events.position()
    library.undo.undo(outcome.edit.id)
    assert set(told(library, start)) == {
        (Change.UPDATED, Resource.EDIT, edit),
        (Change.UPDATED, Resource.PERSON, one.id),
        (Change.CREATED, Resource.PERSON, other.id),
    }


def test_many_changes_of_one_person_are_one_event(library: Library) -> None:
    found_people(library, 1)
    (person,) = library.list_people(limit=9).items
    start = library.events.position()
    for number in range(100):
        library.edits.update(person.id, display_name=str(number))
    batch = library.events.read(start, ALL)
    assert [event.name for event in batch.events if event.resource is Resource.PERSON] == [person.id]
    assert (batch.position, batch.more) == (library.events.position(), False)


def test_whoever_is_in_the_trash_alone_is_told_as_gone_only(path: Path) -> None:
    with contextlib.closing(Library(path, "a", trash=timedelta(days=1))) as library:
        start = library.events.position()
        found_people(library, 1)
        (person,) = library.list_people(limit=9).items
        library.edits.update(person.id, display_name="Ann")
        for image in library.list_images(limit=9).items:
            library.delete_image(image.sha256)
        names: Told = []
        more = True
        while more:
            # In pieces, so that what was before the deletion is not told as one with it.
            batch = library.events.read(start, 1)
            names += [(event.change, event.resource, event.name) for event in batch.events]
            start, more = batch.position, batch.more
        of_people = [(change, name) for change, resource, name in names if resource is Resource.PERSON]
        assert of_people == [(Change.DELETED, person.id)]


def test_an_album_is_told_that_holds_an_image_in_the_place_of_another(library: Library) -> None:
    library.add_image(analysis("before", source=PLACE))
    album = library.albums.write.create(AlbumChange(display_name="Summer"))
    library.albums.images.add(album.id, [sha256("before")])
    start = library.events.position()
    assert add(library, "after", source=PLACE) == "before"
    assert (Change.UPDATED, Resource.ALBUM, album.id) in told(library, start)


def test_a_history_is_read_in_pieces(library: Library) -> None:
    library.additions.add_all([analysis(str(number)) for number in range(20)])
    names, after, more = [], None, True
    while more:
        batch = library.events.read(after, 3)
        names += [event.name for event in batch.events if event.resource is Resource.IMAGE]
        after, more = batch.position, batch.more
    assert names == [sha256(str(number)) for number in range(20)]


def test_a_deletion_keeps_no_hash_beyond_compaction(library: Library, path: Path) -> None:
    library.add_image(analysis("a"))
    number = library.list_images(limit=1).items[0].number
    start = library.events.position()
    library.delete_image(sha256("a"))
    assert told(library, start) == [(Change.DELETED, Resource.IMAGE, sha256("a"))]
    compact(library)
    (deleted,) = library.events.read(start, ALL).events
    assert (deleted.change, deleted.number, deleted.name) == (Change.DELETED, number, "")
    assert found(path, {"hash": sha256("a").encode()}) == set()


def test_events_survive_compaction_and_a_restart(library: Library, path: Path) -> None:
    library.add_image(analysis("a", direction(0)))
    start = library.events.position()
    library.add_image(analysis("b", direction(0.01)))
    before = told(library, start)
    compact(library)
    assert told(library, start) == before
    library.close()
    library = Library(path, "a")
    assert told(library, start) == before
    end = library.events.position()
    library.add_image(analysis("c"))
    assert told(library, end) == [(Change.CREATED, Resource.IMAGE, sha256("c"))]
    library.close()


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    library = Library(tmp_path / "b.duckdb", "b", feed=EventFeed(EventBounds(count=100)))
    start = library.events.position()
    for hundred in range(4):
        library.additions.add_all([analysis(f"{hundred}/{number}") for number in range(100)])
        assert 100 <= len(library.events.read(None, ALL).events) <= 110
    middle = library.events.read(None, 50).position
    assert len(library.events.read(middle, ALL).events) >= 50
    with pytest.raises(AbortedError) as caught:
        library.events.read(start, ALL)
    assert (caught.value.reason, caught.value.resource) == (Reason.EVENTS_EXPIRED, "libraries/b")
    library.close()


def test_the_old_ones_go_when_the_library_is_idle(library: Library, path: Path) -> None:
    library.add_image(analysis("a"))
    start = library.events.position()
    library.close()
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE event SET time = time - INTERVAL 8 DAYS")
    library = Library(path, "a")
    library.add_image(analysis("b"))
    library.events.expire()
    assert told(library, library.events.read(None, ALL).position) == []
    assert [event.name for event in library.events.read(None, ALL).events] == [sha256("b")]
    with pytest.raises(AbortedError):
        library.events.read(start, ALL)
    library.close()


def test_a_place_in_another_history_is_none_in_this(library: Library) -> None:
    library.add_image(analysis("a"))
    place = library.events.position()
    for other in (place._replace(micros=place.micros - 1), place._replace(seq=place.seq + 1)):
        with pytest.raises(AbortedError):
            library.events.read(other, ALL)


def test_killed_writers_told_of_all_that_is_there_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    Library(path, "a").close()
    library = Library(path, "a")
    place = library.events.position()
    library.close()
    mirror: dict[int, str] = {}
    first = 1
    for cycle in range(3):
        command = [sys.executable, "-m", "tests.catalog.storage.writer_process", str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(14 + cycle)]
            writer.kill()
            said += [int(line) for line in writer.stdout if line.endswith("\n")]
        library = Library(path, "a")
        batch = library.events.read(place, ALL)
        place = batch.position
        numbers = [event.number for event in batch.events if event.resource is Resource.IMAGE]
        assert numbers == sorted(set(numbers), key=numbers.index)
        for event in batch.events:
            if event.resource is Resource.IMAGE:
                if event.change is Change.DELETED:
                    mirror.pop(event.number, None)
                else:
                    mirror[event.number] = event.name
        assert mirror == {image.number: image.sha256 for image in library.list_images(limit=ALL).items}
        assert told(library, place) == []
        library.close()
        first = max(said) + 2


def test_an_edit_that_forgets_a_name_is_told(library: Library) -> None:
    found_people(library, 1)
    (person,) = library.list_people(limit=9).items
    edit = library.edits.update(person.id, display_name="Ann").edit
    assert edit is not None
    start = library.events.position()
    for image in library.list_images(limit=9).items:
        library.delete_image(image.sha256)
    assert (Change.UPDATED, Resource.EDIT, str(edit.id)) in told(library, start)
    assert (Change.DELETED, Resource.PERSON, person.id) in told(library, start)

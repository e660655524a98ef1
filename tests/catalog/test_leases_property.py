"""Whatever is asked of however many libraries: answers are those of a catalog that never closes one."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.catalog.catalog import Catalog
from services.catalog.library import Library
from services.catalog.records import LibraryRecord, UnavailableLibrary
from services.common.errors import AlbumenError
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.leasing import ROOM_FOR_TWO

_LIBRARY = st.sampled_from(["a", "b", "c", "d", "default"])
_PHOTO = st.integers(0, 5)
_PERSON = st.integers(0, 3)


class ManyLibraries(RuleBasedStateMachine):
    """A catalog with room for two libraries beside one with room for all."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.small = Catalog(self.folder / "small", memory=ROOM_FOR_TWO)
        self.large = Catalog(self.folder / "large", memory=1 << 40)

    def teardown(self) -> None:
        self.small.close()
        self.large.close()
        shutil.rmtree(self.folder)

    @rule(library=_LIBRARY, name=st.sampled_from(["", "Family"]))
    def create(self, library: str, name: str) -> None:
        self.both(lambda catalog: _of_library(catalog.create(library, display_name=name)))

    @rule(library=_LIBRARY, force=st.booleans(), rehearsal=st.booleans())
    def erase(self, library: str, force: bool, rehearsal: bool) -> None:
        self.both(lambda catalog: _of_library(catalog.delete(library, force=force, validate_only=rehearsal)))

    @rule(library=_LIBRARY, photo=_PHOTO)
    def index(self, library: str, photo: int) -> None:
        faces = [direction(photo / 10), direction(1, photo)]
        self.both_in(library, lambda opened: _of_image(opened.add_image(analysis(str(photo), *faces)).image))

    @rule(library=_LIBRARY, photo=_PHOTO)
    def remove(self, library: str, photo: int) -> None:
        self.both_in(library, lambda opened: opened.delete_image(sha256(str(photo))), people=True)

    @rule(library=_LIBRARY, who=_PERSON, name=st.sampled_from(["", "Ann", "Bob"]))
    def rename(self, library: str, who: int, name: str) -> None:
        def work(opened: Library) -> object:
            people = opened.list_people(limit=10).items
            if not people:
                return None
            edit = opened.edits.update(people[who % len(people)].id, display_name=name).edit
            return edit and edit.id

        self.both_in(library, work, people=True)

    @rule(library=_LIBRARY, photo=_PHOTO)
    def search(self, library: str, photo: int) -> None:
        def work(opened: Library) -> object:
            queries = opened.queries.of_image(sha256(str(photo)))
            found = opened.search.find_faces(queries, max_results=10, max_distance=1)
            return [[(match.face.id, match.distance) for match in matches] for matches in found]

        self.both_in(library, work, people=True)

    @rule()
    def tidy(self) -> None:
        self.both(lambda catalog: catalog.maintain())

    @rule()
    def restart(self) -> None:
        self.small.close()
        self.small = Catalog(self.folder / "small", memory=ROOM_FOR_TWO)

    @invariant()
    def all_libraries_are_the_same(self) -> None:
        self.both(lambda catalog: [_of_library(record) for record in catalog.list(limit=10).items])

    def both_in(self, library: str, work: Callable[[Library], Any], *, people: bool = False) -> None:
        def leased(catalog: Catalog) -> object:
            with catalog.lease(library, people=people) as opened:
                people_now = [
                    (person.number, person.display_name, person.face_count, person.cover_face_id)
                    for person in opened.list_people(limit=10).items
                ]
                return work(opened), people_now

        self.both(leased)

    def both(self, call: Callable[[Catalog], Any]) -> None:
        assert _outcome(call, self.small) == _outcome(call, self.large)


def _outcome(call: Callable[[Catalog], Any], catalog: Catalog) -> object:
    try:
        return call(catalog)
    except AlbumenError as error:
        return error.reason, error.message


def _of_library(record: LibraryRecord | UnavailableLibrary) -> object:
    assert isinstance(record, LibraryRecord)
    return record.id, record.display_name, record.image_count, record.face_count, record.person_count


def _of_image(image: Any) -> object:
    return image.sha256, [face.id for face in image.faces]


TestManyLibraries = ManyLibraries.TestCase
TestManyLibraries.settings = settings(max_examples=5, stateful_step_count=25, deadline=None)

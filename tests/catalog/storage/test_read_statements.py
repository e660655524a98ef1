"""A read asks DuckDB as little as it can: each statement costs more than the rows that it returns."""

import contextlib
import re
from collections.abc import Iterator

import duckdb
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from services.catalog.filters import FaceFilter, ImageFilter
from services.catalog.library import Library
from services.catalog.parts import WHOLE_FACE, FaceParts, ImageParts
from services.catalog.storage import connection
from services.catalog.storage.database import Cursor, Database
from tests.catalog.asking import people, person_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.conftest import World

# Of people, the names of those who have one.
ONE_OF_EACH = ["face", "image", "person", "source"]


class Statements(list[str]):
    """The queries that readers made."""

    def tables(self) -> list[str]:
        """Return the tables that were read, once for each time, in alphabetical order."""
        return sorted(table for sql in self for table in re.findall(r"(?:FROM|JOIN) (\w+)", sql))


class Listening:
    """A cursor that notes what it is asked."""

    def __init__(self, cursor: Cursor, heard: Statements) -> None:
        self._cursor = cursor
        self._heard = heard

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)

    def execute(self, query: duckdb.Statement | str, parameters: object = None) -> Cursor:
        self._heard.append(query if isinstance(query, str) else query.query)
        return self._cursor.execute(query, parameters)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Statements:
    statements = Statements()
    read = Database.read

    @contextlib.contextmanager
    def listening(database: Database) -> Iterator[Listening]:
        with read(database) as cursor:
            yield Listening(cursor, statements)

    monkeypatch.setattr(Database, "read", listening)
    return statements


@pytest.fixture
def filled(library: Library, heard: Statements) -> Library:
    """A library of nine photos with the faces of two people, that was read before."""
    for number in range(9):
        library.add_image(analysis(str(number), direction(0.01 * number, number % 2), labels=("cat", "dog")))
    library.list_images(limit=9)
    heard.clear()
    return library


def test_an_image_takes_a_query_of_each_table(filled: Library, heard: Statements) -> None:
    image = filled.find_image(sha256("3"))
    assert image is not None
    assert image.faces[0].person_id
    assert heard.tables() == ONE_OF_EACH
    assert len(heard) == 4


def test_a_page_of_images_takes_a_query_of_each_table(filled: Library, heard: Statements) -> None:
    assert len(filled.list_images(limit=5).items) == 5
    assert (len(heard), heard.tables()) == (4, ONE_OF_EACH)


@pytest.mark.parametrize(
    ("parts", "tables"),
    [
        (ImageParts(0), ["image"]),
        (ImageParts.PLACES, ["image", "source"]),
        (ImageParts.FILE | ImageParts.EXIF | ImageParts.OBJECTS, ["image"]),
        (ImageParts.FACES, ["face", "image", "person"]),
    ],
)
def test_what_is_not_asked_for_of_images_is_not_read(
    filled: Library, heard: Statements, parts: ImageParts, tables: list[str]
) -> None:
    filled.list_images(limit=5, parts=parts)
    assert (len(heard), heard.tables()) == (len(tables), tables)


def test_the_columns_of_an_image_that_nobody_asked_for_are_not_read(filled: Library, heard: Statements) -> None:
    filled.list_images(limit=5, parts=ImageParts(0))
    assert "sha256" in heard[0]
    assert not re.search("file_name|width|create_time|camera|object_model", heard[0])


def test_images_of_labels_that_were_read_before_take_no_query(filled: Library, heard: Statements) -> None:
    first = filled.list_images(ImageFilter(("cat", "dog")), limit=5)
    assert len(first.items) == 5
    heard.clear()
    assert filled.list_images(ImageFilter(("cat", "dog")), after=first.next_key, limit=3).items
    assert heard.tables() == ONE_OF_EACH


def test_images_of_a_person_are_found_in_one_query(filled: Library, heard: Statements) -> None:
    person = filled.list_people(limit=1).items[0].id
    first = filled.list_images(ImageFilter(person_id=person), limit=4)
    assert len(first.items) == 4
    heard.clear()
    assert len(filled.list_images(ImageFilter(person_id=person), after=first.next_key, limit=4).items) == 1
    assert (len(heard), heard.tables()) == (5, sorted([*ONE_OF_EACH, "face", "person"]))


def test_a_page_of_faces_takes_three_queries(filled: Library, heard: Statements) -> None:
    assert len(filled.list_faces(limit=5, parts=WHOLE_FACE).items) == 5
    assert heard.tables() == ["face", "image", "person"]


def test_images_of_faces_that_were_read_before_are_not_asked_for_again(filled: Library, heard: Statements) -> None:
    before = filled.list_faces(limit=5).items
    heard.clear()
    assert filled.list_faces(limit=5).items == before
    assert heard.tables() == ["face", "person"]
    image = filled.add_image(analysis("new", direction(0.5))).image
    heard.clear()
    assert filled.find_faces([image.faces[0].id])[image.faces[0].id].image_sha256 == sha256("new")
    assert heard.tables() == ["face", "image", "person"]


def test_the_box_of_a_face_is_read_without_its_landmarks(filled: Library, heard: Statements) -> None:
    (first, *_) = filled.list_faces(limit=5, parts=FaceParts.BOX).items
    assert first.box.width
    assert not re.search("landmarks|quality", heard[0])


def test_all_faces_of_a_person_take_four_queries(filled: Library, heard: Statements) -> None:
    person = filled.list_people(limit=1).items[0].id
    heard.clear()
    assert len(filled.list_faces(FaceFilter(person_id=person), limit=9).items) == 5
    assert heard.tables() == ["face", "image", "person", "person"]


def test_thumbnails_alone_are_read_alone(filled: Library, heard: Statements) -> None:
    (first, *_) = filled.list_faces(limit=5, parts=FaceParts.THUMBNAIL).items
    assert first.thumbnail
    assert (len(heard), heard.tables()) == (1, ["face"])
    assert not re.search("embedding|landmarks|person", heard[0])


async def test_a_mask_decides_what_is_read(world: World, heard: Statements) -> None:
    await person_of(world, "anna", 3)
    heard.clear()
    mask = FieldMask(paths=["name"])
    images = (await world.images.ListImages(image_pb.ListImagesRequest(page_size=2, read_mask=mask))).images
    (found, _) = images
    assert [field.name for field, _ in found.ListFields()] == ["name"]
    assert heard.tables() == ["image"]
    heard.clear()
    got = await world.images.GetImage(image_pb.GetImageRequest(name=found.name, read_mask=mask))
    assert got.image == found
    assert heard.tables() == ["image"]
    heard.clear()
    request = people_pb.ListFacesRequest(page_size=2, read_mask=FieldMask(paths=["name", "person"]))
    (face, _) = (await world.people.ListFaces(request)).faces
    assert face.person == (await people(world))[0].name
    assert not face.image
    assert "image" not in heard.tables()


def test_useful_optimizers_are_kept_by_the_names_that_this_duckdb_has() -> None:
    with contextlib.closing(duckdb.connect()) as opened:
        names = {name for (name,) in opened.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
    assert names >= connection._USEFUL_OPTIMIZERS

"""A library of an older version is the same library afterwards."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from services.catalog.filters import FaceFilter, ImageFilter
from services.catalog.library import Library
from services.catalog.storage.schema import known_migrations, migrate
from services.catalog.vocabulary import Box, DetectedObject
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import compact

# Written as what is read of a FLOAT column, in the order in which they are answered.
THIRD = 0.3333333432674408
SEEN = [
    (2, 0.875, (1.5, 2.25, 30.0, 40.125)),
    (1, THIRD, (0.0, 16777216.0, 3.000000026176508e-09, 1.0)),
    (2, THIRD, (-1.0, 5.0, 1.0, 1.0)),
    (2, THIRD, (4.0, 5.0, 1.0, 1.0)),
]
LIBRARY = """
INSERT INTO library (display_name, create_time, eps, min_samples, embedding_space, next_image_id, next_face_id,
    next_source_id) VALUES ('Old', '2024-01-01', 0.4, 2, '', 9, 1, 1);
INSERT INTO label (id, name) VALUES (1, 'cat'), (2, 'it''s a "dog"');
"""
IMAGE = """
INSERT INTO image (id, sha256, file_name, content_type, size_bytes, width, height, create_time, object_model,
    face_model) VALUES (?, ?, 'a.jpg', 'image/jpeg', 1, 2, 3, '2024-01-01', 'objects', 'faces')
"""


@pytest.fixture
def old(path: Path) -> Path:
    """A file of version 4 with an image of four objects, one of none, and one of one."""
    with duckdb.connect(path) as connection:
        migrate(connection, path, known_migrations()[:4])
        connection.execute(LIBRARY)
        for number in (1, 2, 3):
            connection.execute(IMAGE, [number, sha256(str(number))])
        for label, score, box in [SEEN[at] for at in (3, 0, 2, 1)]:
            connection.execute("INSERT INTO object VALUES (1, ?, ?, ?, ?, ?, ?)", [label, score, *box])
        connection.execute("INSERT INTO object VALUES (3, 1, 0.5, 0, 0, 1, 1)")
    return path


def test_objects_of_an_older_library_are_as_they_were(old: Path) -> None:
    library = Library(old, "a")
    names = {1: "cat", 2: 'it\'s a "dog"'}
    images = library.list_images(limit=9).items
    assert [(found.label, found.score, found.box) for found in images[0].objects] == [
        (names[label], score, Box(*box)) for label, score, box in SEEN
    ]
    assert [len(image.objects) for image in images] == [4, 0, 1]
    for labels, numbers in ((("cat",), ("1", "3")), ((names[2],), ("1",)), (("cat", names[2]), ("1",))):
        found = library.list_images(ImageFilter(labels), limit=9).items
        assert [image.sha256 for image in found] == [sha256(number) for number in numbers]
    library.delete_image(sha256("1"))
    assert library.list_images(ImageFilter((names[2],)), limit=9).items == ()
    library.close()


def test_the_best_score_of_each_label_is_kept_with_it(old: Path) -> None:
    library = Library(old, "a")
    boxes = [DetectedObject("cat", score, Box(0, 0, 1, 1)) for score in (0.25, 0.75, 0.5)]
    library.add_image(replace(analysis("new"), objects=tuple(boxes)))
    library.close()
    with duckdb.connect(old) as connection:
        rows = connection.execute("SELECT image_id, label_id, score FROM image_label ORDER BY ALL").fetchall()
    assert rows == [(1, 1, THIRD), (1, 2, 0.875), (3, 1, 0.5), (9, 1, 0.75)]


def test_objects_are_kept_as_what_a_float_column_would_hold(library: Library) -> None:
    box = Box(1 / 3, 16777217.0, 3e-9, 1e30)
    added = library.add_image(replace(analysis("a"), objects=(DetectedObject("cat", 1 / 3, box),))).image
    (found,) = added.objects
    with duckdb.connect() as connection:
        numbers = [found.score, found.box.left, found.box.top, found.box.width, found.box.height]
        given = [1 / 3, box.left, box.top, box.width, box.height]
        assert connection.execute("SELECT ?::FLOAT, ?::FLOAT, ?::FLOAT, ?::FLOAT, ?::FLOAT", given).fetchall() == [
            tuple(numbers)
        ]
    assert library.find_image(added.sha256) == added


def test_an_older_library_may_hold_what_was_erased_and_is_written_anew_once(old: Path) -> None:
    library = Library(old, "a")
    images, record = library.list_images(limit=9).items, library.record()
    assert record.erase_time is not None
    compact(library)
    assert library.list_images(limit=9).items == images
    now = library.record()
    assert now == replace(record, erase_time=None, file_bytes=now.file_bytes)
    library.close()


def test_no_face_of_an_older_library_was_drawn(path: Path) -> None:
    face = "1, 1, 0, 0.5, 1, 2, 3, 4, ?, ?, ''::BLOB, 0.5, false"
    with duckdb.connect(path) as connection:
        migrate(connection, path, known_migrations()[:15])
        connection.execute(LIBRARY)
        connection.execute(IMAGE, [1, sha256("1")])
        connection.execute(f"INSERT INTO face VALUES ({face})", [bytes(40), direction(0).tobytes()])  # noqa: S608
        connection.execute(f"INSERT INTO trashed_face VALUES (2{face[1:]}, true)", [bytes(40), direction(1).tobytes()])  # noqa: S608
    library = Library(path, "a")
    for rejected in (False, True):
        (one,) = library.list_faces(FaceFilter(rejected=rejected), limit=9).items
        assert (one.id, one.drawn) == (1 + rejected, False)
    library.close()


def test_folders_of_an_older_library_are_not_watched(path: Path) -> None:
    with duckdb.connect(path) as connection:
        migrate(connection, path, known_migrations()[:14])
        connection.execute(LIBRARY)
        connection.execute(
            "INSERT INTO folder VALUES (1, 'f', 'Old', 'file:///photos', '', 'raw/', 3, 0, '2024-01-01', '2024-01-01', "
            "'', '', '', '')"
        )
    library = Library(path, "a")
    (folder,) = library.folders.read.page(limit=9).items
    assert (folder.display_name, folder.trash_missing_days, folder.watch) == ("Old", 3, False)
    assert (library.folders.read.watched(), library.record().watched_folders) == ([], 0)
    library.close()

"""Exports: files that other programs open, and what is in them."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from services.catalog.albums.writer import AlbumChange
from services.catalog.backup.backup_folder import EXPORTS
from services.catalog.backup.manifest import Manifest
from services.catalog.expressions.order import album_order
from services.catalog.operations.kind import Task
from services.catalog.parts import WHOLE_FACE
from services.catalog.storage import tables
from services.catalog.storage.export_tables import EXPORT_TABLES, NOT_EXPORTED
from tests.catalog.backup.backing import Backing, backing, end_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import photo

FULL = """
import resource, sys
from pathlib import Path
from services.common.errors import AlbumenError
from tests.catalog.backup.backing import backing, end_of

with backing(Path(sys.argv[1])) as kept:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        end_of(kept.exporting, "a")
    except AlbumenError as error:
        print(error.reason)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(len(list((kept.folder / "exports").iterdir())))
"""


@pytest.fixture
def filled(kept: Backing) -> Iterator[Backing]:
    with kept.catalog.lease("a") as library:
        library.additions.add_all(
            [analysis(str(n), direction(0.01 * n, n % 3), labels=("cat", "dog")) for n in range(12)]
            + [photo(n, faces=2).analysis for n in range(3)]
        )
        person = library.list_people(limit=9).items[0]
        library.edits.update(person.id, display_name="Ann")
        album = library.albums.write.create(AlbumChange(display_name="Trip"))
        library.albums.images.add(album.id, [sha256("3"), sha256("1")])
        library.statements.update(sha256("2"), lambda said: replace(said, tags=("sea", "sun")))
        library.delete_image(sha256("4"))
        yield kept


def read(kept: Backing, made: dict[str, Any], table: str, select: str = "*") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        files = kept.folder / made["folder"] / table / "*.parquet"
        return connection.execute(f"SELECT {select} FROM '{files}' ORDER BY ALL").fetchall()  # noqa: S608


def test_rows_are_those_of_the_library(filled: Backing) -> None:
    made = end_of(filled.exporting, "a")
    with filled.catalog.lease("a") as library:
        images = library.list_images(limit=99).items
        people = library.list_people(limit=99).items
        albums = library.albums.read.page(album_order(""), limit=9).items
    there = read(filled, made, "images", "image, file_name, width, delete_time IS NULL")
    assert [row[:3] for row in there if row[3]] == sorted((one.sha256, one.file_name, one.width) for one in images)
    assert [row[0] for row in there if not row[3]] == [sha256("4")]
    faces = sorted((face.id, image.sha256, face.person_id) for image in images for face in image.faces)
    assert read(filled, made, "faces", "face, image, person") == faces
    assert len(read(filled, made, "trashed_faces")) == 1
    objects = sorted((one.sha256, found.label, found.box.left) for one in images for found in one.objects)
    assert [row for row in read(filled, made, "objects", "image, label, box_left") if row[0] != sha256("4")] == objects
    names = read(filled, made, "people", "person, display_name, face_count")
    assert names == sorted((one.id, one.display_name, one.face_count) for one in people)
    assert read(filled, made, "albums", "album, display_name") == [(albums[0].id, "Trip")]
    assert read(filled, made, "album_images", "rank, image")[0][1] == sha256("3")
    assert read(filled, made, "tags") == [(sha256("2"), "sea"), (sha256("2"), "sun")]
    assert len(read(filled, made, "sources")) == 15
    assert made["row_count"] == Manifest.read(filled.folder / made["folder"]).row_count


def test_embeddings_and_pictures_come_if_they_are_asked_for(filled: Backing) -> None:
    plain = end_of(filled.exporting, "a", operation="1")
    whole = end_of(filled.exporting, "a", {"embeddings": True, "pictures": True}, operation="2")
    assert plain["folder"] != whole["folder"]
    assert not (filled.folder / plain["folder"] / "previews").exists()
    assert len(read(filled, whole, "previews", "content")) == 3
    with filled.catalog.lease("a") as library:
        (face,) = library.find_faces([1], WHOLE_FACE).values()
    ((embedding, thumbnail),) = [
        row[1:] for row in read(filled, whole, "faces", "face, embedding, thumbnail") if row[0] == 1
    ]
    assert (embedding, thumbnail) == (face.embedding, face.thumbnail)
    with pytest.raises(duckdb.BinderException):
        read(filled, plain, "faces", "embedding")


def test_every_table_of_a_library_is_exported_or_named_with_the_reason_why_not(filled: Backing) -> None:
    with filled.catalog.lease("a") as library, library._database.read() as cursor:
        there = set(tables.columns_of(cursor))
    assert {table.table for table in EXPORT_TABLES} | NOT_EXPORTED.keys() == there
    assert not {table.table for table in EXPORT_TABLES} & NOT_EXPORTED.keys()


def test_columns_are_those_that_are_documented(filled: Backing) -> None:
    made = end_of(filled.exporting, "a", {"embeddings": True, "pictures": True})
    with duckdb.connect() as connection:
        for table in EXPORT_TABLES:
            files = filled.folder / made["folder"] / table.name / "*.parquet"
            described = connection.execute(f"DESCRIBE SELECT * FROM '{files}'").fetchall()  # noqa: S608
            assert [row[0] for row in described] == [column.name for column in table.columns]


def test_many_rows_are_several_files_and_none_have_one(filled: Backing, monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(replace(table, at_once=4) if table.name == "faces" else table for table in EXPORT_TABLES)
    monkeypatch.setattr("services.catalog.copies.export.EXPORT_TABLES", few)
    made = end_of(filled.exporting, "a")
    folder = filled.folder / made["folder"]
    assert len(list((folder / "faces").iterdir())) > 3
    assert len(read(filled, made, "faces", "face")) == 17
    assert read(filled, made, "people_apart") == []
    manifest = Manifest.read(folder)
    assert {file.name for file in manifest.files} == {
        str(file.relative_to(folder)) for file in folder.rglob("*.parquet")
    }
    assert {file.stat().st_mode & 0o777 for file in folder.rglob("*.parquet")} == {0o600}


def test_who_gives_it_up_leaves_nothing(filled: Backing) -> None:
    steps = filled.exporting.steps(Task("a", "o", {}, 1))
    for _ in range(5):
        next(steps)
    steps.close()
    assert [*(filled.folder / EXPORTS).iterdir()] == []


def test_a_second_attempt_finds_what_the_first_has_made(filled: Backing) -> None:
    first = end_of(filled.exporting, "a")
    assert end_of(filled.exporting, "a", attempt=2) == first
    assert len([*(filled.folder / EXPORTS).iterdir()]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with backing(tmp_path) as kept, kept.catalog.lease("a") as library:
        library.add_image(analysis("a", direction(0.1, 0)))
    command = [sys.executable, "-W", "error", "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.splitlines() == ["DISK_FULL", "0"]


def test_a_program_of_another_kind_opens_it(filled: Backing) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made = end_of(filled.exporting, "a")
    assert parquet.read_table(filled.folder / made["folder"] / "images").num_rows == 15

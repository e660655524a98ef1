"""Rows that are durable before they are in their tables: nobody sees a difference, whenever the process ends."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from services.catalog import image_writer
from services.catalog.library import Library
from services.catalog.storage.new_rows import NewRows
from services.catalog.storage.packed_rows import pack
from services.catalog.storage.transaction import utc_now
from services.catalog.vocabulary import Box, Exif, ImageAnalysis, Preview
from services.common.errors import UnavailableError
from tests.catalog.clustering.synthetic import analysis, direction, galleries, sha256

Tables = dict[str, list[tuple[object, ...]]]


def photos(seed: int) -> list[ImageAnalysis]:
    """Photos of few people, so that one photo's faces move those of another."""
    faces = galleries(90, 6, seed=seed)
    order = np.random.default_rng(seed).permutation(len(faces))
    return [
        replace(
            analysis(f"{seed} {number}", *faces[order[number::60]], labels=(f"label {number % 5}", "all")),
            preview=Preview(4, 3, bytes([number])) if number % 2 else None,
        )
        for number in range(60)
    ]


def tables_of(library: Library) -> Tables:
    """Return all rows but for times, and for the ids of people, which are drawn."""
    columns = {
        "person": "number, face_count, image_count, cover_face_id, cover_score",
        "image": "* EXCLUDE (create_time, update_time)",
    }
    with library._database.read() as cursor:
        return {
            table: cursor.execute(f"SELECT {columns.get(table, '*')} FROM {table} ORDER BY ALL").fetchall()  # noqa: S608
            for table in ("image", "image_label", "source", "face", "person", "label", "preview", "pending")
        }


def left_by_a_kill(path: Path, target: Path) -> Path:
    """Copy the files of an open library, as the end of its process would leave them."""
    target.mkdir()
    for part in path.parent.glob(f"{path.name}*"):
        shutil.copy(part, target / part.name)
    return target / path.name


def change(library: Library, seed: int, look: Callable[[], object]) -> None:
    """Add photos alone and together, again and elsewhere, delete some, and look now and then."""
    generator = np.random.default_rng(seed)
    left = photos(seed)
    done: list[ImageAnalysis] = []
    while left:
        size = int(generator.choice([1, 1, 1, 1, 2, 5, 11]))
        batch, left = left[:size], left[size:]
        library.additions.add_all(batch)
        done += batch
        chance = generator.random()
        if chance < 0.1:
            library.delete_image(done.pop(int(generator.integers(len(done)))).sha256)
        elif chance < 0.2:
            again = done[int(generator.integers(len(done)))]
            library.add_image(replace(again, source=replace(again.source, uri=f"file:///again {len(done)}")))
        elif chance < 0.3:
            # The place of an image that is thereby deleted.
            old = done.pop(int(generator.integers(len(done))))
            new = analysis(f"new {seed} {len(done)}", old.faces[0].embedding, source=old.source.uri)
            library.add_image(new)
            done.append(new)
        elif chance < 0.4:
            look()


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_those_of_a_library_that_postpones_nothing(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind, direct = Library(tmp_path / "behind.duckdb", "behind"), Library(tmp_path / "direct.duckdb", "direct")
    change(behind, seed, lambda: behind.list_people(limit=9))
    monkeypatch.setattr(image_writer, "_MOST_POSTPONED", 0)
    change(direct, seed, lambda: None)
    assert tables_of(behind) == tables_of(direct)
    behind.close()
    direct.close()


@pytest.mark.parametrize("count", [1, 7, 40])
def test_a_killed_process_leaves_rows_that_the_next_finds(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.duckdb"
    library = Library(path, "a")
    answers = [library.add_image(photo).image for photo in photos(0)[:count]]
    killed = left_by_a_kill(path, tmp_path / "killed")
    again = Library(killed, "a")
    assert tables_of(again) == tables_of(library)
    assert [image.sha256 for image in again.list_images(limit=100).items] == [image.sha256 for image in answers]
    founded = {face.person_id for image in answers for face in image.faces} - {None}
    assert founded <= {person.id for person in again.list_people(limit=100).items}
    again.add_image(photos(0)[count])
    assert again.record().image_count == count + 1
    library.close()
    again.close()


def test_a_library_that_holds_waiting_images_in_their_tables_too_is_healed(tmp_path: Path) -> None:
    library = Library(tmp_path / "a.duckdb", "a")
    # The first face decides the embedding space, which doesn't wait.
    library.add_image(analysis("first", direction(0, 9)))
    for photo in photos(0)[:2]:
        library.add_image(photo)
    killed = left_by_a_kill(tmp_path / "a.duckdb", tmp_path / "killed")
    # Its labels are known: they don't wait.
    library.add_image(photos(0)[5])
    later = left_by_a_kill(tmp_path / "a.duckdb", tmp_path / "later")
    Library(killed, "a").close()
    with duckdb.connect(later) as connection:
        waiting = connection.execute("SELECT id, content FROM pending ORDER BY id").fetchall()
    assert len(waiting) == 3
    with duckdb.connect(killed) as connection:
        connection.executemany("INSERT INTO pending (id, content) VALUES (?, ?)", waiting)

    healed = Library(killed, "a")

    assert tables_of(healed) == tables_of(library)
    healed.close()
    library.close()


def test_rows_that_an_older_version_left_have_the_columns_of_then(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    library = Library(path, "a")
    image = "id, sha256, file_name, content_type, size_bytes, width, height, create_time, object_model, face_model"
    values = (7, sha256("old"), "old.jpg", "image/jpeg", 1, 2, 3, utc_now(), "objects", "faces")
    old = NewRows(columns=(image, *NewRows().columns[1:]), images=[values])
    with library._database.write() as transaction:
        transaction.postpone(old)
        transaction.commit()
    killed = left_by_a_kill(path, tmp_path / "killed")
    again = Library(killed, "a")
    assert [(one.file_name, one.objects, one.width) for one in again.list_images(limit=9).items] == [("old.jpg", (), 2)]
    library.close()
    again.close()


def test_rows_of_a_version_that_kept_no_previews_are_read() -> None:
    columns = NewRows().columns
    rows = NewRows.unpack(pack([columns[:4], [[1]], *[[]] * 7]))
    assert (rows.columns, rows.images, rows.previews) == (columns, [[1]], [])


def test_rows_wait_for_others_until_somebody_looks(library: Library, written: list[int]) -> None:
    library.add_image(analysis("first", direction(0)))
    library.record()
    written.clear()
    for photo in photos(1)[:10]:
        library.add_image(photo)
    # Most images that are asked for are new, as before each upload.
    assert library.find_image(sha256("new")) is None
    assert library.find_images([sha256("new"), sha256("newer")]) == {}
    assert written == []
    assert library.record().image_count == 11
    assert written == [10]
    library.record()
    assert written == [10, 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda photo: replace(photo, width=0),
        lambda photo: replace(photo, height=2**31),
        lambda photo: replace(photo, exif=Exif(utc_offset_minutes=40_000)),
        lambda photo: replace(photo, source=replace(photo.source, file_name="\ud800")),
        lambda photo: replace(photo, faces=tuple(replace(face, score=float("nan")) for face in photo.faces)),
        lambda photo: replace(photo, faces=tuple(replace(face, score=1.5) for face in photo.faces)),
        lambda photo: replace(photo, objects=tuple(replace(one, score=1e39) for one in photo.objects)),
        lambda photo: replace(photo, faces=tuple(replace(face, box=Box(1e39, 0, 1, 1)) for face in photo.faces)),
    ],
)
def test_what_the_tables_refuse_is_refused_at_once_and_harms_nobody(
    library: Library, change: Callable[[ImageAnalysis], ImageAnalysis]
) -> None:
    library.add_image(analysis("before", direction(0)))
    bad = change(analysis("bad", direction(0.01), labels=("cat",)))
    with pytest.raises((UnavailableError, UnicodeEncodeError, OverflowError)):
        library.add_image(bad)
    library.add_image(analysis("after", direction(0.02)))
    assert [image.sha256 for image in library.list_images(limit=9).items] == [sha256("before"), sha256("after")]


def test_readers_beside_a_writer_find_all_that_was_acknowledged(library: Library) -> None:
    acknowledged: list[str] = []
    failures: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            known = list(acknowledged)
            found = {image.sha256 for image in library.list_images(limit=100).items}
            if not found.issuperset(known):
                failures.append(set(known) - found)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for photo in photos(2):
            library.add_image(photo)
            acknowledged.append(photo.sha256)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert failures == []

"""What is kept beside a library makes a start quick, changes nothing, and outlasts no face."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from services.catalog.catalog import Catalog
from services.catalog.library import Library
from services.catalog.people.faces import Faces
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import read_all_faces
from services.common.errors import Reason, UnavailableError
from tests.catalog.clustering.synthetic import Embeddings, analysis, direction, galleries, sha256

FACES = galleries(40, 8, seed=3, spread=0.4)


def closed_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a library of 30 photos, with its embeddings in files."""
    monkeypatch.setattr("services.catalog.people_writer._WORTH_A_SNAPSHOT", 1)
    library = Library(tmp_path / "a.duckdb", "a")
    for number in range(30):
        library.add_image(analysis(str(number), FACES[number]))
    library.close()
    return tmp_path / "a.duckdb"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return closed_library(tmp_path, monkeypatch)


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each time that all embeddings are read from the rows."""
    read: list[str] = []

    def noted(cursor: Cursor, after_each: Callable[[], None]) -> Faces:
        read.append("rows")
        return read_all_faces(cursor, after_each)

    monkeypatch.setattr("services.catalog.kept_people.read_all_faces", noted)
    return read


def folders(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.faces-*"))


def content(path: Path) -> bytes:
    """Everything that is kept beside the library."""
    return b"".join(file.read_bytes() for folder in folders(path) for file in folder.iterdir())


def people(library: Library) -> dict[str, str | None]:
    """Whose each face is, by the images of the person's first face."""
    library.memory.load_people()
    return {image.sha256: image.faces[0].person_id for image in library.list_images(limit=100).items}


def nearest(library: Library, embedding: Embeddings) -> list[tuple[int, float]]:
    with library._people.reading() as grouping:
        (found,) = grouping.nearest(embedding[np.newaxis].astype(np.float32), 10, 2.0)
    return list(zip(found.faces.tolist(), found.distances.tolist(), strict=True))


def test_a_start_reads_no_embedding_from_the_rows(path: Path, rows_read: list[str]) -> None:
    library = Library(path, "a")
    before, found = people(library), nearest(library, FACES[31])
    assert rows_read == []
    library.close()
    for folder in folders(path):
        shutil.rmtree(folder)
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[31])) == (before, found)
    assert rows_read == ["rows"]
    library.close()
    assert len(folders(path)) == 1


def test_faces_that_came_since_are_found(path: Path, rows_read: list[str]) -> None:
    library = Library(path, "a")
    for number in range(30, 35):
        library.add_image(analysis(str(number), FACES[number]))
    expected = people(library), nearest(library, FACES[32])
    # As a killed process leaves it.
    shutil.copytree(path.parent, path.parent / "killed")
    library.close()
    library = Library(path.parent / "killed" / path.name, "a")
    assert (people(library), nearest(library, FACES[32])) == expected
    assert rows_read == []
    library.close()


@pytest.mark.parametrize("name", ["vectors", "short", "whole", "snapshot"])
def test_damage_is_noticed_and_mended(path: Path, name: str) -> None:
    library = Library(path, "a")
    expected = people(library), nearest(library, FACES[31])
    library.close()
    (folder,) = folders(path)
    with (folder / name).open("r+b") as file:
        file.seek(100)
        file.write(b"damaged")
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[31])) == expected
    library.close()
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[31])) == expected
    library.close()


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
@pytest.mark.parametrize("name", ["vectors", "short", "whole", "snapshot"])
def test_a_pipe_in_place_of_a_file_holds_nobody_up(path: Path, name: str) -> None:
    library = Library(path, "a")
    expected = people(library), nearest(library, FACES[31])
    library.close()
    (folder,) = folders(path)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[31])) == expected
    library.close()


def test_embeddings_that_are_damaged_in_use_come_from_the_rows_and_the_files_are_made_anew(
    path: Path, rows_read: list[str]
) -> None:
    library = Library(path, "a")
    expected = people(library), nearest(library, FACES[31])
    (damaged,) = folders(path)
    for name in ("vectors", "short", "whole"):
        os.truncate(damaged / name, 0)
    with capture_logs() as logs:
        assert (people(library), nearest(library, FACES[31])) == expected
        library.add_image(analysis("again", FACES[0]))
        library.delete_image(sha256("3"))
        expected = people(library), nearest(library, FACES[0])
    assert [line["event"] for line in logs] == ["embeddings_damaged"]
    library.close()
    (folder,) = folders(path)
    assert (folder / "vectors").stat().st_size == 31 * 2048
    assert FACES[3].tobytes() not in content(path)
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[0])) == expected
    assert rows_read == []
    library.close()


def test_damage_is_mended_while_nobody_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.storage.database._IDLE_SECONDS", 0.0)
    library = Library(path, "a")
    found = nearest(library, FACES[31])
    (damaged,) = folders(path)
    os.truncate(damaged / "vectors", 2048)
    assert nearest(library, FACES[31]) == found
    library.checkpoint_if_idle()
    (folder,) = folders(path)
    assert folder != damaged
    assert (folder / "vectors").stat().st_size == 30 * 2048
    library.close()


def test_damaged_files_outlast_no_face_even_if_no_snapshot_can_be_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("services.catalog.storage.database._IDLE_SECONDS", 0.0)
    library = Library(path, "a")
    found = nearest(library, FACES[31])
    (damaged,) = folders(path)
    with (damaged / "vectors").open("r+b") as file:
        file.write(bytes(2048))
    assert nearest(library, FACES[31]) == found
    assert nearest(library, FACES[0])[0][1] < 1e-6
    with monkeypatch.context() as patch:
        patch.setattr("services.catalog.kept_people.KeptVectors.keep", full)
        library.checkpoint_if_idle()
        assert damaged not in folders(path)
        library.delete_image(sha256("3"))
    assert FACES[3].tobytes() not in content(path)
    assert FACES[4].tobytes() in content(path)
    library.close()


@pytest.mark.parametrize("moment", ["after", "before"])
def test_a_killed_deletion_leaves_no_embedding_of_what_is_deleted(path: Path, moment: str) -> None:
    embedding = FACES[3].tobytes()
    assert embedding in content(path)
    subprocess.run(
        [sys.executable, "-m", "tests.catalog.killed_deletion", str(path), moment],
        check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert embedding not in content(path)
    library = Library(path, "a")
    # The files changed, so no snapshot speaks of them any more.
    assert folders(path) == []
    there = moment == "before"
    assert (library.find_image(sha256("3")) is not None) is there
    assert any(distance < 1e-6 for _, distance in nearest(library, FACES[3])) is there
    library.close()
    assert (embedding in content(path)) is there


def test_a_deleted_image_is_in_no_file_whoever_has_it_open(path: Path) -> None:
    library = Library(path, "a")
    library.memory.load_people()
    library.delete_image(sha256("3"))
    assert FACES[3].tobytes() not in content(path)
    library.close()
    assert len(folders(path)) == 1
    assert FACES[3].tobytes() not in content(path)
    assert FACES[4].tobytes() in content(path)


def test_a_deletion_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(path, "a")
    expected = people(library), nearest(library, FACES[3])
    with monkeypatch.context() as patch:
        patch.setattr("services.catalog.people_writer.delete_snapshot", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            library.delete_image(sha256("3"))
    assert (people(library), nearest(library, FACES[3])) == expected
    library.close()
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[3])) == expected
    library.close()


def test_a_backup_of_the_library_alone_is_not_taken_for_the_newer_files(path: Path, rows_read: list[str]) -> None:
    backup = path.read_bytes()
    library = Library(path, "a")
    expected = people(library)
    library.add_image(analysis("newer", direction(0)))
    library.close()
    path.write_bytes(backup)
    library = Library(path, "a")
    assert folders(path) == []
    assert people(library) == expected
    assert rows_read == ["rows"]
    library.close()


def test_erasing_a_library_erases_what_is_kept_beside_it(path: Path) -> None:
    catalog = Catalog(path.parent)
    try:
        with catalog.lease("a", people=True):
            pass
        assert folders(path)
        catalog.delete("a", force=True)
        assert folders(path) == []
        assert list(path.parent.glob("a.*")) == []
    finally:
        catalog.close()


def test_a_full_disk_keeps_nobody_from_closing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    library = Library(path, "a")
    library.add_image(analysis("new", direction(0)))
    expected = people(library)
    with monkeypatch.context() as patch:
        patch.setattr("services.catalog.clustering.kept_vectors.write_private", full)
        library.close()
    library = Library(path, "a")
    assert people(library) == expected
    library.close()


def test_what_older_versions_kept_is_passed_over(path: Path, rows_read: list[str]) -> None:
    library = Library(path, "a")
    expected = people(library)
    with library._database.write() as transaction:
        transaction.cursor.execute("UPDATE snapshot SET content = ?", [b"ALBDBSC3" + bytes(5000)])
        transaction.commit()
    library._people.unload()
    library._database.close(UnavailableError(Reason.SHUTTING_DOWN, "closed"))
    library = Library(path, "a")
    assert people(library) == expected
    assert rows_read == ["rows"]
    library.close()

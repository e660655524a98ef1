"""Checks of a library: nothing is found in a sound one, and each kind of fault where it was planted."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from services.catalog import people_writer
from services.catalog.albums.writer import AlbumChange
from services.catalog.copies.kept_check import KIND
from services.catalog.library import Library
from services.catalog.library_settings import SettingsChange
from services.catalog.storage.integrity import ROW_CHECKS
from services.common.errors import FailedPreconditionError, Reason
from services.common.limits import MAX_OPERATION_RECORD_BYTES
from tests.catalog.backup.backing import Backing, backing, end_of, steps_of
from tests.catalog.clustering.synthetic import analysis, direction, galleries, sha256

# What breaks a sound library, and what is then found; several things may follow of one.
FAULTS = {
    "LIBRARY_ROW": "DELETE FROM library",
    "ID_TWICE": "UPDATE face SET id = 2 WHERE id = 3",
    "ID_NOT_TAKEN": "UPDATE library SET next_face_id = 5",
    "FACE_WITHOUT_IMAGE": "UPDATE face SET image_id = 999 WHERE id = 1",
    "FACE_MISPLACED": "UPDATE image SET delete_time = now()::TIMESTAMP WHERE id = 2",
    "FACE_OF_NO_PERSON": "UPDATE face SET person = 77 WHERE id = 1",
    "FACE_MALFORMED": "UPDATE face SET embedding = '\\x00'::BLOB WHERE id = 1",
    "PERSON_COUNTS": "UPDATE person SET face_count = face_count + 1 WHERE number = 1",
    "PERSON_COVER": "UPDATE person SET cover_face_id = 999 WHERE number = 1",
    "APART_WITHOUT_PERSON": "INSERT INTO apart (a, b) VALUES (1, 99)",
    "SOURCE_WITHOUT_IMAGE": "UPDATE source SET image_id = 999 WHERE id = 1",
    "LABELS_OF_IMAGE": "DELETE FROM image_label WHERE image_id = 3",
    "LABEL_MISSING": "INSERT INTO image_label (image_id, label_id, score) VALUES (999, 1, 0.5)",
    "TAG_WITHOUT_IMAGE": "INSERT INTO image_tag (image_id, tag) VALUES (5, 'unseen')",
    "ALBUM_IMAGE_MISSING": "INSERT INTO album_image (album, image_id, rank) VALUES (1, 999, 7)",
    "ALBUM_PLACES": "UPDATE album_image SET rank = 0",
    "EDIT_MISSING": "INSERT INTO edit_face (edit_id, face_id) VALUES (99, 1)",
    "PREVIEW_WITHOUT_IMAGE": "INSERT INTO preview (image_id, width, height, content) VALUES (999, 1, 1, 'x'::BLOB)",
    "EVENTS_MISSING": "DELETE FROM event",
    "EMBEDDING_DAMAGED": "UPDATE face SET embedding = (SELECT repeat('\\x00', 2048)::BLOB) WHERE id = 1",
}


def fill(library: Library) -> None:
    library.additions.add_all(
        [analysis(str(n), direction(0.01 * n, n % 3), labels=("cat", "dog", "cat")) for n in range(12)]
    )
    person, other = library.list_people(limit=9).items[:2]
    library.edits.update(person.id, display_name="Ann")
    library.edits.separate([person.id, other.id])
    album = library.albums.write.create(AlbumChange(display_name="Trip"))
    library.albums.images.add(album.id, [sha256("3"), sha256("1")])
    library.statements.update(sha256("2"), lambda said: replace(said, tags=("sea", "sun")))
    library.delete_image(sha256("4"))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder with a library a."""
    with backing(tmp_path) as kept, kept.catalog.lease("a") as library:
        fill(library)
    return tmp_path


def plant(folder: Path, sql: str) -> None:
    with duckdb.connect(folder / "libraries" / "a.duckdb") as connection:
        connection.execute(sql)


def verify(kept: Backing, **request: Any) -> dict[str, dict[str, Any]]:
    record = end_of(kept.verifying, "a", request)
    return {finding["kind"]: finding for finding in record["findings"]}


def test_nothing_is_found_in_a_sound_library(filled: Path) -> None:
    with backing(filled) as kept:
        progress, record = steps_of(kept.verifying, "a")
        assert record == {"findings": [], "check_count": len(FAULTS) + 2}
        assert all(step.done <= step.total for step in progress)
        assert end_of(kept.verifying, "a", {"skip_people": True})["check_count"] == len(FAULTS) + 1


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_is_found(filled: Path, kind: str) -> None:
    plant(filled, FAULTS[kind])
    if kind == "LIBRARY_ROW":
        # It would be made anew when the library is opened.
        plant(filled, "INSERT INTO library BY NAME (SELECT '' AS display_name, now()::TIMESTAMP AS create_time, 0.2 AS "
              "eps, 2 AS min_samples, '' AS embedding_space, 99 AS next_image_id, 99 AS next_face_id, 99 AS "
              "next_source_id FROM range(2))")  # fmt: skip
    with backing(filled) as kept:
        found = verify(kept)
        assert kind in found
        assert found[kind]["fault_count"] >= len(found[kind]["examples"]) > 0
        assert len(json.dumps(list(found.values()))) <= MAX_OPERATION_RECORD_BYTES
        # Nothing was mended on the way.
        assert verify(kept)[kind] == found[kind]


def test_all_row_checks_have_a_fault_that_they_find() -> None:
    assert {check.kind for check in ROW_CHECKS} | {"EMBEDDING_DAMAGED"} == FAULTS.keys()


def test_places_are_names_of_resources(filled: Path) -> None:
    plant(filled, FAULTS["FACE_WITHOUT_IMAGE"])
    with backing(filled) as kept:
        found = verify(kept)["FACE_WITHOUT_IMAGE"]
    assert found["examples"] == ["libraries/a/faces/1"]
    assert found["severity"] == "FINDING_SEVERITY_ERROR"


def test_a_thousand_faults_are_counted_and_a_few_are_named(tmp_path: Path) -> None:
    with backing(tmp_path) as kept, kept.catalog.lease("a") as library:
        library.additions.add_all([analysis(str(number), direction(0.0, number % 200)) for number in range(1000)])
    plant(tmp_path, "UPDATE face SET image_id = image_id + 5000")
    with backing(tmp_path) as kept:
        found = verify(kept, skip_people=True)["FACE_WITHOUT_IMAGE"]
    assert found["fault_count"] == 1000
    assert len(found["examples"]) == 5


def test_people_who_are_not_those_of_a_whole_run_are_a_notice(filled: Path) -> None:
    # A person of whom no user said anything loses all faces.
    plant(filled, "UPDATE face SET person = 0 WHERE person = (SELECT max(number) FROM person WHERE revision = 0)")
    with backing(filled) as kept:
        found = verify(kept)["PEOPLE_DIFFER"]
        assert found["severity"] == "FINDING_SEVERITY_NOTICE"
        assert found["fault_count"] >= 2
        before = kept.catalog.record("a")
        assert "PEOPLE_DIFFER" not in verify(kept, skip_people=True)
        assert kept.catalog.record("a") == before


def test_it_changes_nothing_and_keeps_nobody_from_writing(filled: Path) -> None:
    with backing(filled) as kept, kept.catalog.lease("a") as library:
        run = library.copies.verification.begin()
        assert run.advance() is not None
        library.settings.update(SettingsChange(display_name="Renamed"))
        with pytest.raises(FailedPreconditionError) as caught:
            library.compaction.begin()
        assert caught.value.reason is Reason.BACKUP_IN_PROGRESS
        last = [*iter(run.advance, None)][-1]
        run.close()
        assert last.findings == ()


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a library that has a folder beside its file."""
    monkeypatch.setattr(people_writer, "_WORTH_A_SNAPSHOT", 100)
    faces = galleries(400, 60)
    with backing(tmp_path) as kept, kept.catalog.lease("a", people=True) as library:
        library.additions.add_all([analysis(str(n), face) for n, face in enumerate(faces)])
    assert kept_folder(tmp_path).is_dir()
    return tmp_path


def kept_folder(folder: Path) -> Path:
    (found,) = (folder / "libraries").glob("a.duckdb.faces-*")
    return found


def test_nothing_is_found_in_a_sound_folder_beside_the_file(large: Path) -> None:
    with backing(large) as kept:
        assert kept.catalog.record("a").faces_folder_bytes > 400 * 2048
        assert verify(kept).keys() <= {"PEOPLE_DIFFER"}
        # In use, and changed since.
        with kept.catalog.lease("a", people=True) as library:
            library.add_image(analysis("new", galleries(1, 1, seed=3)[0]))
            library.delete_image(sha256("7"))
            assert KIND not in verify(kept)


@pytest.mark.parametrize("name", ["vectors", "short", "whole", "snapshot"])
def test_damage_beside_the_file_is_found(large: Path, name: str) -> None:
    path = kept_folder(large) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with backing(large) as kept:
        found = verify(kept)[KIND]
        assert found["severity"] == "FINDING_SEVERITY_WARNING"


def test_rows_that_the_folder_does_not_know_are_found(large: Path) -> None:
    other = galleries(1, 1, seed=9)[0].astype("<f4").tobytes()
    with duckdb.connect(large / "libraries" / "a.duckdb") as connection:
        connection.execute("UPDATE face SET embedding = ? WHERE id = 17", [other])
    with backing(large) as kept:
        found = verify(kept, skip_people=True)[KIND]
    assert found["examples"] == ["libraries/a/faces/17"]
    assert np.isfinite(np.frombuffer(other, "<f4")).all()

"""The same rows in SQLite, through Python's own module, with the indices that its tables need."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.catalog.measuring import Values
from benchmarks.catalog.recipe import RANKS, Recipe, label_names, sha256_of
from benchmarks.catalog.rows import Row, face_rows, image_rows, object_rows, source_rows

_TABLES: Final = """
CREATE TABLE image (id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE, file_name, content_type, size_bytes, width, height,
    capture_time, utc_offset_minutes, camera_make, camera_model, latitude, longitude, create_time, object_model,
    face_model, unplaced, update_time, revision);
CREATE TABLE source (id INTEGER PRIMARY KEY, uri TEXT UNIQUE, image_id INTEGER, file_name, modify_time);
CREATE TABLE label (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE object (image_id INTEGER, label_id INTEGER, score, box_left, box_top, box_width, box_height);
CREATE TABLE face (id INTEGER PRIMARY KEY, image_id INTEGER, person INTEGER, score, box_left, box_top, box_width,
    box_height, landmarks, embedding, thumbnail, quality, pinned);
"""
_INDICES: Final = """
CREATE INDEX source_image ON source (image_id);
CREATE INDEX object_image ON object (image_id);
CREATE INDEX object_label ON object (label_id, image_id);
CREATE INDEX face_image ON face (image_id);
CREATE INDEX face_person ON face (person, image_id);
"""
_WIDTHS: Final = {"image": 19, "source": 5, "object": 7, "face": 13}
_FACE: Final = "id, image_id, person, score, box_left, box_top, box_width, box_height, landmarks, quality, pinned"
_PAGE: Final = 50
_FACES: Final = 250
_CALLS: Final = 200
_ROUNDS: Final = 3

Rows = dict[str, Iterator[Row]]


def fill_twin(path: Path, recipe: Recipe) -> None:
    """Write a file with all rows of the recipe; people are as the recipe says."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(_TABLES)
    connection.executemany("INSERT INTO label VALUES (?, ?)", list(enumerate(label_names(), 1)))
    for block in recipe.blocks():
        _insert(connection, _plain({
            "image": image_rows(block, recipe.photos), "source": source_rows(block), "object": object_rows(block),
            "face": face_rows(block),
        }))  # fmt: skip
        connection.commit()
    connection.executescript(_INDICES)
    connection.execute("ANALYZE")
    connection.close()


def measure_twin(path: Path, recipe: Recipe, calls: int = _CALLS) -> Values:
    """Return the CPU ms of each operation, by round; `path` is written to."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    values = {}
    for name, work in _operations(connection, recipe).items():
        work()
        values[f"sqlite_{name}.cpu"] = [_cpu(work, calls) for _ in range(_ROUNDS)]
    connection.close()
    size = float(path.stat().st_size)
    return values | {"sqlite_file.bytes": [size / recipe.photos]}


def _operations(connection: sqlite3.Connection, recipe: Recipe) -> dict[str, Callable[[], object]]:
    generator = np.random.default_rng(0)
    numbers = generator.integers(1, recipe.photos + 1, 1000).tolist()
    photo = iter(numbers * 1000)
    new = count(recipe.photos + 1)
    people = generator.permutation(np.flatnonzero(recipe.sizes == 2) + 1).tolist()
    two = iter(people * 1000)
    labels = cycle(1 + rank for rank in RANKS)
    template = {name: _of_photo(connection, name, 1) for name in _WIDTHS}

    def insert() -> None:
        number = next(new)
        connection.execute("BEGIN")
        _insert(connection, {
            "image": iter([(number, f"{number:064}", *template["image"][0][2:])]),
            "source": iter([(number, f"file:///new/{number}", number, *template["source"][0][3:])]),
            "object": iter([(number, *row[1:]) for row in template["object"]]),
            "face": iter([(number, number, *template["face"][0][2:])]),
        })  # fmt: skip
        connection.execute("COMMIT")

    def images(condition: str, *parameters: object) -> None:
        ids = connection.execute(f"{condition} LIMIT {_PAGE}", parameters).fetchall()
        _whole(connection, [image_id for (image_id,) in ids])

    def get() -> None:
        ids = connection.execute("SELECT id FROM image WHERE sha256 = ?", [sha256_of(recipe.photos, next(photo))])
        _whole(connection, [image_id for (image_id,) in ids.fetchall()])

    def by_label() -> None:
        images("SELECT DISTINCT image_id FROM object WHERE label_id = ? ORDER BY image_id", next(labels))

    def by_person() -> None:
        images("SELECT DISTINCT image_id FROM face WHERE person = ? ORDER BY image_id", next(two))

    def faces() -> None:
        select = f"SELECT {_FACE}, thumbnail FROM face WHERE id > ? ORDER BY id LIMIT {_FACES}"  # noqa: S608
        connection.execute(select, [next(photo)]).fetchall()

    return {
        "insert": insert,
        "get": get,
        "list": lambda: images("SELECT id FROM image WHERE id > ? ORDER BY id", next(photo)),
        "label": by_label,
        "person": by_person,
        "faces": faces,
        "count": lambda: connection.execute("SELECT count(*) FROM image").fetchone(),
    }


def _of_photo(connection: sqlite3.Connection, table: str, number: int) -> list[Row]:
    column = "id" if table == "image" else "image_id"
    return connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", [number]).fetchall()  # noqa: S608


def _whole(connection: sqlite3.Connection, ids: list[int]) -> None:
    """Read images with their places, objects and faces."""
    marks = ", ".join("?" * len(ids))
    for columns, table, column in (
        ("*", "image", "id"), ("*", "source", "image_id"), ("*", "object", "image_id"), (_FACE, "face", "image_id"),
    ):  # fmt: skip
        connection.execute(f"SELECT {columns} FROM {table} WHERE {column} IN ({marks})", ids).fetchall()  # noqa: S608


def _insert(connection: sqlite3.Connection, tables: Rows) -> None:
    for table, rows in tables.items():
        marks = ", ".join("?" * _WIDTHS[table])
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _plain(tables: Rows) -> Rows:
    """Return rows with times as text: the module's own conversion is on its way out."""
    return {
        table: (tuple(value.isoformat() if hasattr(value, "isoformat") else value for value in row) for row in rows)
        for table, rows in tables.items()
    }


def _cpu(work: Callable[[], object], calls: int) -> float:
    started = time.process_time()
    for _ in range(calls):
        work()
    return 1e3 * (time.process_time() - started) / calls

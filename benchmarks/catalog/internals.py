"""All that the benchmark knows of the product's insides: how a library's file is made, and its snapshot taken away.

Files are made in version 4 of the schema, whose migrations never change. Whatever product opens one brings it to its
own version first, as it does for whoever upgrades.
"""

from pathlib import Path
from typing import Final

import duckdb

from benchmarks.catalog.recipe import Recipe, label_names
from benchmarks.catalog.rows import EMBEDDING_SPACE, face_rows, image_rows, object_rows, source_rows
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.clustering.snapshot import MAGIC
from services.catalog.storage.schema import known_migrations, migrate

SUFFIX: Final = ".duckdb"

_SCHEMA: Final = 4
_LIBRARY: Final = """
INSERT INTO library (display_name, create_time, update_time, eps, min_samples, min_quality, embedding_space,
    next_image_id, next_face_id, next_source_id, next_person, next_edit_id)
VALUES ('', '2026-01-01', '2026-01-01', $eps, $min_samples, $min_quality, $space, $next, $next, $next, $people, 1)
"""
# Ids of people are 12 letters and digits of base 32.
_PEOPLE: Final = """
INSERT INTO person
SELECT person, translate(left(sha256(person::VARCHAR), 12), '0189', 'wxyz'), '', false, 0, '2026-01-01', '2026-01-01',
    count(*), count(DISTINCT image_id), arg_max(id, (score, -id)), max(score)
FROM face WHERE person > 0 GROUP BY person ORDER BY person
"""


def schema_digest() -> str:
    """Return what tells the product's schema, and the form of what it keeps beside a library, from others."""
    return "".join(migration.sha256 for migration in known_migrations()) + MAGIC.hex()


def fill_library(path: Path, recipe: Recipe) -> None:
    """Make a library's file with everything that the recipe says; each person has the faces that it says."""
    connection = duckdb.connect(path, config={"threads": 1})
    migrate(connection, path, known_migrations()[:_SCHEMA])
    parameters = ClusteringParameters()
    connection.execute(
        _LIBRARY,
        {
            "eps": parameters.eps, "min_samples": parameters.min_samples, "min_quality": parameters.min_quality,
            "space": EMBEDDING_SPACE, "next": recipe.photos + 1, "people": len(recipe.sizes) + 1,
        },
    )  # fmt: skip
    labels = connection.appender("label")
    labels.append_rows([(at, name) for at, name in enumerate(label_names(), 1)])
    labels.flush()
    for block in recipe.blocks():
        for table, rows in (
            ("image", image_rows(block, recipe.photos)), ("source", source_rows(block)), ("object", object_rows(block)),
            ("face", face_rows(block)),
        ):  # fmt: skip
            appender = connection.appender(table)
            appender.append_rows(rows)
            appender.flush()
    connection.execute(_PEOPLE)
    connection.execute("CHECKPOINT")
    connection.close()


def drop_snapshot(path: Path) -> None:
    """Take away what spares the next start the clustering."""
    connection = duckdb.connect(path, config={"threads": 1})
    connection.execute("DELETE FROM snapshot")
    connection.execute("CHECKPOINT")
    connection.close()


def relocate(path: Path, before: str, after: str) -> None:
    """Have the files of all photos of a closed library be where they are to be made: its URIs begin otherwise."""
    connection = duckdb.connect(path, config={"threads": 1})
    connection.execute(
        "UPDATE source SET uri = $after || substr(uri, $rest) WHERE starts_with(uri, $before)",
        {"after": after, "before": before, "rest": len(before) + 1},
    )
    connection.execute("CHECKPOINT")
    connection.close()


def blocks_of(path: Path) -> tuple[int, int]:
    """Return how many blocks a closed library's file has, and how many of them are free."""
    connection = duckdb.connect(path, read_only=True)
    total, free = connection.execute("SELECT total_blocks, free_blocks FROM pragma_database_size()").fetchall()[0]
    connection.close()
    return int(total), int(free)

"""What has to be true of a library's rows, as queries of what is not."""

from dataclasses import dataclass
from typing import Final

from services.catalog.storage.statements import Cursor

MAX_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One thing that has to be true.

    Attributes:
        kind: of the fault, upper-case words joined by underscores.
        description: what is wrong where it is not true.
        sql: finds the faults, a row each, whose one column tells where.
        derived: whether what is wrong can be made again from other rows.

    """

    kind: str
    description: str
    sql: str
    derived: bool = False


def _lost(table: str, column: str, of: str, key: str, also: str = "true") -> str:
    """Return SQL of the values of a column that stand for a row of another table which is not there."""
    return (
        f"SELECT DISTINCT '{table} of {of} ' || {column} FROM {table} "  # noqa: S608 - names of ours
        f"WHERE {also} AND {column} NOT IN (SELECT {key} FROM {of})"
    )


def _twice(table: str, column: str) -> str:
    return f"SELECT '{table} ' || {column} FROM {table} GROUP BY {column} HAVING count(*) > 1"  # noqa: S608


def _given(table: str, column: str, counter: str) -> str:
    return f"SELECT '{table} ' || {column} FROM {table}, library WHERE {column} >= {counter}"  # noqa: S608


_OBJECTS: Final = "string_split(objects, ' ')"
_LABELS_OF_OBJECTS: Final = (
    f"SELECT DISTINCT id AS image_id, {_OBJECTS}[6 * k + 1]::INTEGER AS label_id "  # noqa: S608
    f"FROM image CROSS JOIN unnest(range(0, len({_OBJECTS}) // 6)) AS place(k)"
)
_UNTAGGED: Final = (
    "SELECT DISTINCT 'images/' || sha256 FROM image JOIN image_tag ON image_id = id WHERE NOT coalesce(tagged, false)"
)
_BLOBS: Final = " UNION ALL ".join(
    f"SELECT 'faces/' || id FROM {table} WHERE octet_length(embedding) <> 2048 OR octet_length(landmarks) <> 40"  # noqa: S608
    for table in ("face", "trashed_face")
)

ROW_CHECKS: Final = (
    RowCheck("LIBRARY_ROW", "The library's own row is missing, or there are several.",
             "SELECT 'library' WHERE (SELECT count(*) FROM library) <> 1"),
    RowCheck("ID_TWICE", "Two rows have the same id.", " UNION ALL ".join((
        _twice("image", "id"), _twice("image", "sha256"), _twice("source", "uri"), _twice("label", "id"),
        _twice("label", "name"), _twice("person", "number"), _twice("person", "id"), _twice("album", "number"),
        _twice("album", "id"), _twice("edit", "id"), _twice("event", "seq"), _twice("preview", "image_id"),
        ("SELECT 'faces/' || id FROM (SELECT id FROM face UNION ALL SELECT id FROM trashed_face) "
         "GROUP BY id HAVING count(*) > 1"),
    ))),
    RowCheck("ID_NOT_TAKEN", "An id is in use that the library is going to give to another.", " UNION ALL ".join((
        _given("image", "image.id", "next_image_id"), _given("face", "face.id", "next_face_id"),
        _given("trashed_face", "trashed_face.id", "next_face_id"), _given("source", "source.id", "next_source_id"),
        _given("person", "person.number", "next_person"), _given("edit", "edit.id", "next_edit_id"),
        _given("album", "album.number", "next_album"),
    ))),
    RowCheck("FACE_WITHOUT_IMAGE", "A face is of an image that is not there.",
             "SELECT 'faces/' || id FROM face WHERE image_id NOT IN (SELECT id FROM image) UNION ALL "
             "SELECT 'faces/' || id FROM trashed_face WHERE image_id NOT IN (SELECT id FROM image)"),
    RowCheck("FACE_MISPLACED", "A face is in a list though its image is in the trash, or the other way round.",
             "SELECT 'faces/' || face.id FROM face JOIN image ON image.id = image_id WHERE delete_time IS NOT NULL "
             "UNION ALL SELECT 'faces/' || trashed_face.id FROM trashed_face JOIN image ON image.id = image_id "
             "WHERE delete_time IS NULL AND NOT coalesce(rejected, false)"),
    RowCheck("FACE_OF_NO_PERSON", "A face is of a person who is not there.",
             "SELECT 'faces/' || id FROM face WHERE person <> 0 AND person NOT IN (SELECT number FROM person) "
             "UNION ALL SELECT 'faces/' || id FROM trashed_face WHERE person <> 0 "
             "AND person NOT IN (SELECT number FROM person)"),
    RowCheck("FACE_MALFORMED", "An embedding or the landmarks of a face have the wrong length.", _BLOBS),
    RowCheck("PERSON_COUNTS", "A person has another number of faces or images than is counted.",
             "SELECT 'people/' || person.id FROM person LEFT JOIN (SELECT person AS number, count(*) AS faces, "
             "count(DISTINCT image_id) AS images FROM face WHERE person <> 0 GROUP BY ALL) AS found USING (number) "
             "WHERE face_count <> coalesce(faces, 0) OR (face_count > 0 AND image_count <> coalesce(images, 0))",
             derived=True),
    RowCheck("PERSON_COVER", "The face that stands for a person is not the person's.",
             "SELECT 'people/' || person.id FROM person WHERE face_count > 0 AND NOT EXISTS "
             "(SELECT 1 FROM face WHERE face.id = cover_face_id AND face.person = person.number)", derived=True),
    RowCheck("APART_WITHOUT_PERSON", "Two people are told apart, of whom one is not there.",
             f"{_lost('apart', 'a', 'person', 'number')} UNION ALL {_lost('apart', 'b', 'person', 'number')}"),
    RowCheck("SOURCE_WITHOUT_IMAGE", "A place is of an image that is not there.",
             _lost("source", "image_id", "image", "id")),
    RowCheck("LABELS_OF_IMAGE", "The labels that images are found by are not those of their objects.",
             f"SELECT 'images/' || sha256 FROM image JOIN ((({_LABELS_OF_OBJECTS}) EXCEPT SELECT image_id, label_id "  # noqa: S608
             f"FROM image_label) UNION (SELECT image_id, label_id FROM image_label EXCEPT ({_LABELS_OF_OBJECTS}))) "
             "AS other ON other.image_id = image.id", derived=True),
    RowCheck("LABEL_MISSING", "A label is of an image, or by a name, that is not there.",
             f"{_lost('image_label', 'image_id', 'image', 'id')} UNION ALL "
             f"{_lost('image_label', 'label_id', 'label', 'id')}"),
    RowCheck("TAG_WITHOUT_IMAGE", "A tag is of an image that is not there, or that says it has none.",
             f"{_lost('image_tag', 'image_id', 'image', 'id')} UNION ALL {_UNTAGGED}"),
    RowCheck("ALBUM_IMAGE_MISSING", "An album holds an image that is not there, or is not there itself.",
             f"{_lost('album_image', 'image_id', 'image', 'id')} UNION ALL "
             f"{_lost('album_image', 'album', 'album', 'number')}"),
    RowCheck("ALBUM_PLACES", "An album holds an image twice, two images at one place, or is a smart one and holds any.",
             "SELECT DISTINCT 'albums/' || album.id FROM album JOIN (SELECT album AS number FROM album_image "
             "GROUP BY album, image_id HAVING count(*) > 1 UNION SELECT album FROM album_image GROUP BY album, rank "
             "HAVING count(*) > 1) AS found USING (number) UNION SELECT 'albums/' || album.id FROM album "
             "WHERE filter <> '' AND number IN (SELECT album FROM album_image)"),
    RowCheck("EDIT_MISSING", "Something is noted of an edit that is not there.",
             f"{_lost('edit_person', 'edit_id', 'edit', 'id')} UNION ALL "
             f"{_lost('edit_face', 'edit_id', 'edit', 'id')}", derived=True),
    RowCheck("PREVIEW_WITHOUT_IMAGE", "A preview is of an image that is not there.",
             _lost("preview", "image_id", "image", "id"), derived=True),
    RowCheck("EVENTS_MISSING", "There is no event, though the newest is never deleted.",
             "SELECT 'event' WHERE (SELECT count(*) FROM event) = 0", derived=True),
)  # fmt: skip


def find_faults(cursor: Cursor, check: RowCheck) -> tuple[int, tuple[str, ...]]:
    """Return how often a check fails, and where the first few times."""
    found = cursor.execute(
        f"WITH fault(place) AS ({check.sql}) SELECT (SELECT count(*) FROM fault), "  # noqa: S608 - texts of ours
        f"(SELECT list(place) FROM (SELECT place FROM fault ORDER BY place LIMIT {MAX_EXAMPLES}))"
    )
    ((count, examples),) = found.fetchall()
    return int(count), tuple(examples or ())

"""Faces as records, and which of them are on a page."""

import struct
from collections import defaultdict
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Final

from services.catalog.filters import FaceFilter
from services.catalog.parts import PLAIN_FACE, FaceParts
from services.catalog.people.roster import NOBODY
from services.catalog.records import FaceRecord, Page
from services.catalog.storage.columns import Columns
from services.catalog.storage.database import Cursor
from services.catalog.storage.images import find_image_id
from services.catalog.storage.known import Known
from services.catalog.storage.paging import SMALL_ROWS, Rows, page_of_ids, page_of_rows, rows_among
from services.catalog.storage.people import find_person_size, read_names
from services.catalog.storage.statements import fetch
from services.catalog.vocabulary import Box

# Rows begin with the key that they are looked up by.
_COLUMNS: Final = Columns(
    ("id",),
    {
        FaceParts.IMAGE: {"image_id": 0},
        FaceParts.PERSON: {"person": NOBODY, "pinned": False},
        FaceParts.BOX: {"box_left": 0.0, "box_top": 0.0, "box_width": 0.0, "box_height": 0.0},
        FaceParts.SIGHT: {"landmarks": bytes(40), "score": 0.0, "quality": 0.0, "drawn": False},
        FaceParts.EMBEDDING: {"embedding": None},
        FaceParts.THUMBNAIL: {"thumbnail": None},
    },
)  # fmt: skip
_LANDMARKS: Final = struct.Struct("<10f")


def find_faces(
    cursor: Cursor, known: Known, face_ids: Collection[int], parts: FaceParts, *, out_of_sight: bool = False
) -> tuple[FaceRecord, ...]:
    """Return those of the faces, all in sight or all `out_of_sight`, that exist, ascending by id."""
    rows = rows_among(cursor, "trashed_face" if out_of_sight else "face", _COLUMNS.sql(parts), "id", face_ids)
    return _records(cursor, known, sorted(rows, key=itemgetter(0)), parts)


def page_of_faces(
    cursor: Cursor, known: Known, face_filter: FaceFilter, parts: FaceParts, after: int | None, limit: int
) -> Page[FaceRecord, int]:
    """Return up to `limit` faces above the id `after`, ascending."""
    rows, more = _page_of_rows(cursor, face_filter, _COLUMNS.sql(parts), after, limit)
    keys = tuple(row[0] for row in rows)
    return Page(_records(cursor, known, rows, parts), keys, keys[-1] if more else None)


def faces_of_images(cursor: Cursor, known: Known, hashes: Mapping[int, str]) -> dict[int, list[FaceRecord]]:
    """Return the faces of each image, given as id -> SHA-256: best score first, without embeddings and thumbnails."""
    rows = rows_among(cursor, "face", _COLUMNS.sql(PLAIN_FACE), "image_id", hashes, dense=SMALL_ROWS)
    faces: dict[int, list[FaceRecord]] = defaultdict(list)
    records = _records(cursor, known, rows, PLAIN_FACE, hashes)
    for row, face in sorted(zip(rows, records, strict=True), key=lambda found: (-found[1].score, found[1].id)):
        faces[row[0]].append(face)
    return faces


def _page_of_rows(
    cursor: Cursor, face_filter: FaceFilter, columns: str, after: int | None, limit: int
) -> tuple[Rows, bool]:
    """Return up to `limit` rows, ascending by id, and whether there are more."""
    conditions, values, few = ["id > $after"], {"after": after or 0}, False
    if face_filter.person_id is not None:
        person = find_person_size(cursor, face_filter.person_id)
        if person is None:
            return [], False
        conditions.append("person = $person")
        values["person"], faces = person
        few = faces <= limit
    if face_filter.image_sha256 is not None:
        image_id = find_image_id(cursor, face_filter.image_sha256)
        if image_id is None:
            return [], False
        conditions.append("image_id = $image")
        values["image"], few = image_id, True
    if face_filter.ungrouped:
        conditions.append(f"person = {NOBODY}")
    table = "face"
    if face_filter.rejected:
        table = "trashed_face"
        conditions += ["rejected", "image_id NOT IN (SELECT id FROM image WHERE delete_time IS NOT NULL)"]
    condition = " AND ".join(conditions)
    if few:
        select = f"SELECT id, {columns} FROM {table} WHERE {condition}"  # noqa: S608 - names of ours
        rows = sorted(fetch(cursor, select, values), key=itemgetter(0))
    elif len(conditions) > 1:
        # Their large columns are read of those alone that are on the page.
        ids = page_of_ids(cursor, table, condition, values, limit + 1)
        rows = sorted(rows_among(cursor, table, columns, "id", ids[:limit]), key=itemgetter(0))
        return rows, len(ids) > limit
    else:
        rows = page_of_rows(cursor, "face", columns, after or 0, limit + 1)
    return rows[:limit], len(rows) > limit


def _records(
    cursor: Cursor, known: Known, rows: Rows, parts: FaceParts, hashes: Mapping[int, str] | None = None
) -> tuple[FaceRecord, ...]:
    """Return the faces of rows, in their order; `hashes` has the SHA-256 of their images, if they are known."""
    whole = list(_COLUMNS.complete(rows, parts))
    if hashes is None:
        hashes = known.hashes.find(cursor, {row[2] for row in whole} if FaceParts.IMAGE in parts else ())
    owners = {row[3] for row in whole} - {NOBODY}
    people = known.people(cursor, owners)
    names = read_names(cursor, owners) if FaceParts.NAME in parts else {}
    space = known.space(cursor) if rows and FaceParts.SPACE in parts else ""
    faces = []
    for _, face_id, image_id, person, pinned, left, top, width, height, landmarks, *rest in whole:
        score, quality, drawn, embedding, thumbnail = rest
        points = _LANDMARKS.unpack(landmarks)
        faces.append(
            FaceRecord(
                id=face_id,
                image_sha256=hashes.get(image_id, ""),
                person_id=people.get(person),
                box=Box(left, top, width, height),
                landmarks=tuple(zip(points[::2], points[1::2], strict=True)),
                score=score,
                quality=quality,
                embedding_space=space,
                embedding=embedding,
                thumbnail=thumbnail,
                pinned=pinned,
                person_name=names.get(person, ""),
                drawn=drawn,
            )
        )
    return tuple(faces)

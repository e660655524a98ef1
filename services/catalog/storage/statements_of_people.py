"""What users say of people, as columns of their rows."""

from collections.abc import Mapping
from datetime import datetime

from services.catalog.people.days import birth_number
from services.catalog.people.said import Said
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.apart import read_apart
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among


def write_said(cursor: Cursor, people: Mapping[int, PersonStatements], now: datetime) -> None:
    """Write what users say of people, by number; `now` is naive UTC."""
    for number, said in people.items():
        cursor.execute(
            "UPDATE person SET display_name = ?, hidden = ?, favorite = ?, birth_date = ?, chosen_cover_id = ?, "
            "update_time = ? WHERE number = ?",
            [said.display_name, said.hidden, said.favorite, said.birth_date, said.cover_face_id, now, number],
        )


def read_said(cursor: Cursor) -> Said:
    """Return what users said of people, as far as it decides whose faces are and which one is shown."""
    rows = cursor.execute("SELECT number, birth_date, chosen_cover_id FROM person WHERE revision > 0").fetchall()
    return Said(
        curated=frozenset(number for number, *_ in rows),
        apart=frozenset(read_apart(cursor)),
        births={number: birth_number(birth_date) for number, birth_date, _ in rows if birth_date is not None},
        covers={number: cover for number, _, cover in rows if cover},
    )


def succeed_covers(cursor: Cursor, successors: Mapping[int, int]) -> dict[int, int]:
    """Let other faces, given as old -> new, be the chosen ones in the place of the old; return those by person."""
    chosen = rows_among(cursor, "person", "number", "chosen_cover_id", successors)
    covers = {int(number): successors[face] for face, number in chosen}
    for number, face in covers.items():
        cursor.execute("UPDATE person SET chosen_cover_id = ? WHERE number = ?", [face, number])
    return covers

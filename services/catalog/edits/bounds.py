"""How many people and faces one edit may be about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.common.errors import InvalidArgumentError, Reason


@dataclass(frozen=True, slots=True)
class EditBounds:
    """How much one edit may do, and how many are remembered.

    Attributes:
        people: that one edit may name.
        faces: that one edit may name.
        merged_faces: that the people of one merge may have.
        edits: that a library remembers, as undoing and erasing look through them.

    """

    people: int = 100
    faces: int = 10_000
    merged_faces: int = 250_000
    edits: int = 1_000


def check_people(people: Sequence[str], limit: int, *, least: int, field: str, beside: str = "") -> None:
    """Refuse less than `least` or more than `limit` people, and one who is given twice, `beside` included.

    Raises:
        InvalidArgumentError: PEOPLE_INVALID.

    """
    if not least <= len(people) <= limit:
        why = f"{len(people)} people are given, and it takes {least} to {limit}"
    elif len({*people, beside}) <= len(people):
        why = "The same person is given twice"
    else:
        return
    raise InvalidArgumentError(
        Reason.PEOPLE_INVALID,
        f"{why}.",
        field=field,
        metadata={"limit": str(limit), "value": str(len(people))},
    )


def checked_faces(faces: Collection[int], limit: int) -> frozenset[int]:
    """Return at most `limit` faces, each once.

    Raises:
        InvalidArgumentError: FACES_EMPTY or TOO_MANY_FACES.

    """
    if not faces:
        raise InvalidArgumentError(Reason.FACES_EMPTY, "No face is given.", field="faces")
    check_count(len(faces), limit, field="faces")
    return frozenset(faces)


def check_count(faces: int, limit: int, *, field: str) -> None:
    """Refuse more faces than one edit may move.

    Raises:
        InvalidArgumentError: TOO_MANY_FACES.

    """
    if faces > limit:
        raise InvalidArgumentError(
            Reason.TOO_MANY_FACES,
            f"{faces:,} faces are more than the {limit:,} that one edit may move. Do it in several.",
            field=field,
            metadata={"limit": str(limit), "value": str(faces)},
        )

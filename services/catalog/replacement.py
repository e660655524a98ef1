"""A file that was edited in place: what users said of its faces, and its places in albums, go on with the new bytes."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.catalog.drawn_again import Matching, draw_again
from services.catalog.drawn_faces import DrawnFaces
from services.catalog.edits.succession import succeed_faces
from services.catalog.image_statements import NOTHING_SAID, Statements
from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.album_images import is_collected, take_places
from services.catalog.storage.images import taken_at_once
from services.catalog.storage.placed_faces import PlacedFace, read_placed_faces
from services.catalog.storage.rejected_faces import reject_faces
from services.catalog.storage.statements_of_images import read_statements, write_statements
from services.catalog.storage.statements_of_people import succeed_covers
from services.catalog.storage.transaction import Transaction

# An edited photo moves a face's box and embedding a little; of two people on one photo, at most one of both is near.
MIN_OVERLAP: Final = 0.5
MAX_DISTANCE: Final = 0.5
# So near that it is the same picture of the face, wherever it is on the photo now: cropped, turned, or mirrored.
MAX_DISTANCE_ANYWHERE: Final = 0.15


def carry_over(
    transaction: Transaction,
    people: PeopleWriter,
    drawn: DrawnFaces,
    old_image: int,
    new_image: int,
    *,
    known: bool,
) -> bool:
    """Give an image that takes the place of another one what users said of that and of its faces.

    Both images are stored. Faces that were somebody's stay that person's; faces that a user put somewhere stay pinned,
    and can be taken back from there; those that users rejected stay rejected; and those that users drew are on the new
    image, too, where they are still in the picture.

    Args:
        transaction: in which the old image lost its last place.
        people: of the library.
        drawn: puts faces that users drew on images.
        old_image: the image that may go.
        new_image: the image that is where the old one was.
        known: whether it had been stored before, so that users may have said something of its faces: that stays.

    Returns:
        Whether the old image may go, and the new one has its places in albums. Not if users said something of it or its
        faces, or put it into an album, and the new one is another photo: then the file at the place was not edited but
        taken by another, and the old one may be somewhere else.

    """
    old = read_placed_faces(transaction.cursor, old_image)
    rejected = read_placed_faces(transaction.cursor, old_image, rejected=True)
    new = read_placed_faces(transaction.cursor, new_image)
    matches = match_faces([*old, *rejected], new)
    curated = people.ensure_loaded().curated
    said = read_statements(transaction.cursor, old_image)
    at_once = taken_at_once(transaction.cursor, old_image, new_image)
    if at_once:
        matches += draw_again(transaction, people, drawn, (old_image, new_image), Matching(old, rejected, new, matches))
    is_edited = at_once and bool(matches or not old)
    if not matches or not at_once:
        of_faces = any(face.pinned or face.drawn or face.person in curated for face in old)
        of_image = said != NOTHING_SAID or is_collected(transaction.cursor, old_image)
        if of_faces or (of_image and not is_edited):
            return False
    _say(transaction, new_image, said)
    take_places(transaction, old_image, new_image)
    if not matches or not at_once:
        return True
    if known:
        matches = [
            (before, after)
            for before, after in matches
            if not after.pinned and (before.pinned or after.person not in curated)
        ]
    _succeed(transaction, people, {before.id: after.id for before, after in matches})
    _place(transaction, people, matches)
    unwanted = {face.id for face in rejected}
    gone = reject_faces(transaction.cursor, [after.id for before, after in matches if before.id in unwanted])
    if gone:
        people.remove(transaction, gone)
    return True


def _place(transaction: Transaction, people: PeopleWriter, matches: Sequence[tuple[PlacedFace, PlacedFace]]) -> None:
    """Give faces, as old and new, the people of the old ones."""
    pinned: dict[int, int] = {}
    grouped: dict[int, int] = {}
    for before, after in matches:
        if before.pinned:
            pinned[after.id] = before.person
        elif before.person != NOBODY:
            grouped[after.id] = before.person
    for moves, stays in ((pinned, True), (grouped, False)):
        if moves:
            people.correct(transaction, Correction(moves=moves, pinned=stays))


def _succeed(transaction: Transaction, people: PeopleWriter, successors: Mapping[int, int]) -> None:
    """Let faces, given as old -> new, take the place of the old ones in edits, and where users chose them as covers."""
    succeed_faces(transaction, successors)
    if covers := succeed_covers(transaction.cursor, successors):
        people.correct(transaction, Correction(covers=covers))


def _say(transaction: Transaction, image_id: int, said: Statements) -> None:
    """Let what was said of another image be said of this one too."""
    before = read_statements(transaction.cursor, image_id)
    now = before.with_those_of(said)
    if now != before:
        write_statements(transaction, image_id, before, now)


def match_faces(old: Sequence[PlacedFace], new: Sequence[PlacedFace]) -> list[tuple[PlacedFace, PlacedFace]]:
    """Return the pairs of faces that show the same face of a photo before and after an edit, the surest first."""
    if not old or not new:
        return []
    embeddings = np.stack([face.embedding for face in old]), np.stack([face.embedding for face in new])
    distances = 1 - embeddings[0] @ embeddings[1].T
    pairs = []
    for row, before in enumerate(old):
        for column, after in enumerate(new):
            distance = float(distances[row, column])
            in_place = distance <= MAX_DISTANCE and before.overlap(after) >= MIN_OVERLAP
            if in_place or distance <= MAX_DISTANCE_ANYWHERE:
                pairs.append((not in_place, distance, row, column))
    matched: list[tuple[PlacedFace, PlacedFace]] = []
    rows, columns = set[int](), set[int]()
    for _, _, row, column in sorted(pairs):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            matched.append((old[row], new[column]))
    return matched

"""Faces that users drew on a photo whose file was edited, on the new photo: no detector sees them there, either."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.catalog.drawn_faces import DrawnFaces
from services.catalog.moved_picture import Extent, Match, Move, find_move
from services.catalog.parts import WHOLE_FACE
from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.database import Cursor
from services.catalog.storage.drawn_faces import Ground, read_ground, taken_together
from services.catalog.storage.face_records import find_faces
from services.catalog.storage.known import Known
from services.catalog.storage.placed_faces import PlacedFace
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import Box, DetectedFace


@dataclass(frozen=True, slots=True)
class Matching:
    """The faces of a photo before and after an edit.

    Attributes:
        old: before.
        rejected: before, too, but out of sight.
        new: after.
        matches: the pairs that were found by their embeddings.

    """

    old: Sequence[PlacedFace]
    rejected: Sequence[PlacedFace]
    new: Sequence[PlacedFace]
    matches: Sequence[Match]


def draw_again(
    transaction: Transaction,
    people: PeopleWriter,
    drawn: DrawnFaces,
    images: tuple[int, int],
    found: Matching,
) -> list[Match]:
    """Draw the faces that users drew on an image on the one in its place, too; return more pairs, as old and new.

    They are drawn where the other faces say that their places have moved to. Where there are no others, both images
    have to be of one moment, and of the same proportions: then only the size has changed. One that the detector has
    found by now is that face. Those that are new stay nobody's until the caller says whose they are, and are in sight
    until the caller rejects them as the old ones.

    Args:
        transaction: in which the file was found to be edited.
        people: of the library.
        drawn: puts faces that users drew on images.
        images: before and after.
        found: their faces.

    """
    matched = {old.id for old, _ in found.matches}
    rejected = {face.id for face in found.rejected}
    missing = [face for face in (*found.old, *found.rejected) if face.drawn and face.id not in matched]
    if not missing or not (found.matches or taken_together(transaction.cursor, *images)):
        return []
    before, after = (read_ground(transaction.cursor, image) for image in images)
    move = find_move(_extent(before), _extent(after), found.matches)
    if move is None:
        return []
    free = [face for face in found.new if face.id not in {new.id for _, new in found.matches}]
    pairs = []
    for face in missing:
        box = move.of(face, _extent(before))
        if box is None:
            continue
        moved = face.moved(box, after.width, after.height)
        there = max(free, key=moved.overlap, default=None)
        if there is not None and moved.is_at(there):
            free.remove(there)
            pairs.append((face, there))
        elif not any(moved.is_at(other) for other in found.new):
            seen, space = _seen(transaction.cursor, face, move, box, rejected=face.id in rejected)
            new = drawn.put(transaction, after, seen, space)
            # Beside the old one, the same to the last bit and about to go, it would found somebody for a moment.
            people.correct(transaction, Correction(moves={new: NOBODY}, pinned=False, at_once=False))
            pairs.append((face, replace(moved, id=new, person=NOBODY, pinned=False)))
    return pairs


def _seen(cursor: Cursor, face: PlacedFace, move: Move, box: Box, *, rejected: bool) -> tuple[DetectedFace, str]:
    """Return what was seen of a face, where it is now, and the space of its embedding."""
    (record,) = find_faces(cursor, Known(), [face.id], WHOLE_FACE, out_of_sight=rejected)
    landmarks = np.array(record.landmarks, np.float32) * move.scale + np.array([move.x, move.y], np.float32)
    seen = DetectedFace(
        box, landmarks.astype(np.float32), record.score, face.embedding, record.thumbnail or b"", record.quality
    )
    return seen, record.embedding_space


def _extent(ground: Ground) -> Extent:
    return Extent(ground.width, ground.height)

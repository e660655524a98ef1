"""What the faces of a person add up to."""

from dataclasses import dataclass

import numpy as np

from services.catalog.people.roster import NOBODY, Roster


@dataclass(frozen=True, slots=True)
class PersonCounts:
    """What lists tell of a person's faces.

    Attributes:
        person: number, of somebody who has a face.
        faces: how many.
        images: in how many images they are.
        cover: the face that a user chose, if it is the person's, else that of the highest score, of several the oldest.
        cover_score: its score, as float32 holds it.

    """

    person: int
    faces: int
    images: int
    cover: int
    cover_score: float


def count_faces(roster: Roster, person: int) -> PersonCounts:
    """Count the faces of a person who has some."""
    faces = roster.faces(person)
    scores = roster.scores(faces)
    chosen = np.flatnonzero(faces == roster.said.covers.get(person, NOBODY))
    best = int(chosen[0]) if chosen.size else int(scores.argmax())
    images = len(np.unique(roster.images(faces)))
    return PersonCounts(person, len(faces), images, int(faces[best]), float(scores[best]))

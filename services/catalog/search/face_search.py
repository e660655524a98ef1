"""Exact search among the faces of a library, and among its people."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.parts import PLAIN_FACE
from services.catalog.people.grouping import Grouping
from services.catalog.people_writer import PeopleWriter
from services.catalog.person_record import PersonRecord
from services.catalog.records import FaceRecord
from services.catalog.search.face_ranking import Found, nearest_faces
from services.catalog.search.people_ranking import RankedPerson, rank_people
from services.catalog.search.query import SearchQuery
from services.catalog.storage import people as person_table
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.face_records import find_faces
from services.catalog.storage.faces import existing_faces
from services.catalog.storage.known import Known
from services.common.cancellation import current_cancellation

MAX_MATCHES: Final = 10_000


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """A face that was found.

    Attributes:
        face: the face, without embedding and thumbnail.
        distance: cosine distance to the query, 0 to 2.

    """

    face: FaceRecord
    distance: float


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """A person that was found.

    Attributes:
        person: the person.
        distance: mean cosine distance of `faces` to the query, 0 to 2.
        faces: ids of the person's nearest faces, nearest first, at most three.

    """

    person: PersonRecord
    distance: float
    faces: tuple[int, ...]


class FaceSearch:
    """Searches one library; methods may be called from any thread.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        known: what was read of the library before.

    """

    def __init__(self, database: Database, people: PeopleWriter, known: Known) -> None:
        self._database = database
        self._people = people
        self._known = known

    def find_faces(
        self, queries: Sequence[SearchQuery], *, max_results: int, max_distance: float
    ) -> list[tuple[FaceMatch, ...]]:
        """Return the nearest faces of each query, nearest first; of equally near ones the older comes first.

        Args:
            queries: what is searched for; more than 20 of them share 10,000 results equally.
            max_results: the most faces of one query.
            max_distance: only faces within this cosine distance, 0 to 2.

        """
        limit = _limit_of_each(max_results, len(queries))
        numbers = self._people_of(queries)
        unsaved = 0
        while True:
            with self._people.reading() as grouping:
                found = []
                for query, number in zip(queries, numbers, strict=True):
                    current_cancellation().check()
                    found.append(_near(grouping, query, number, limit + unsaved, max_distance))
            ids = sorted({face for matches in found for face, _ in matches})
            with self._database.read() as cursor:
                faces = {face.id: face for face in find_faces(cursor, self._known, ids, PLAIN_FACE)}
            # Faces that are being stored, or deleted, have no row.
            missing = len(ids) - len(faces)
            if missing <= unsaved:
                break
            unsaved = missing
        return [
            tuple(FaceMatch(faces[face], distance) for face, distance in matches if face in faces)[:limit]
            for matches in found
        ]

    def find_people(
        self, queries: Sequence[SearchQuery], *, max_results: int, max_distance: float, include_hidden: bool = False
    ) -> list[tuple[PersonMatch, ...]]:
        """Return the nearest people of each query, by the mean distance of their three nearest faces, or of fewer.

        Args:
            queries: what is searched for; more than 20 of them share 10,000 results equally.
            max_results: the most people of one query.
            max_distance: only people within this mean cosine distance, 0 to 2.
            include_hidden: whether hidden people are found too.

        """
        limit = _limit_of_each(max_results, len(queries))
        with self._people.reading() as grouping, self._database.read() as cursor:
            hidden = set() if include_hidden else person_table.read_hidden(cursor)
            found = []
            for query in queries:
                left_out = hidden | _numbers(cursor, query.person_id)
                ranked = rank_people(
                    grouping,
                    query.vectors,
                    limit,
                    max_distance=max_distance,
                    own_face=query.face_id,
                    left_out=left_out,
                )
                found.append(ranked)
        with self._database.read() as cursor:
            people = person_table.read_people(cursor, {person.number for ranked in found for person in ranked})
            faces = existing_faces(cursor, {face for ranked in found for person in ranked for face in person.faces})
        return [_matches(ranked, people, faces) for ranked in found]

    def _people_of(self, queries: Sequence[SearchQuery]) -> list[set[int]]:
        """Return the person of each query, by number, if it has one."""
        if all(query.person_id is None for query in queries):
            return [set() for _ in queries]
        with self._database.read() as cursor:
            return [_numbers(cursor, query.person_id) for query in queries]


def _near(grouping: Grouping, query: SearchQuery, numbers: Collection[int], limit: int, max_distance: float) -> Found:
    """Return the `limit` nearest faces that are no part of the query: neither its own, nor those of its person."""
    left_out = set() if query.face_id is None else {query.face_id}
    for number in numbers:
        left_out.update(grouping.faces_of(number).tolist())
    # As many more as will be left out, so that `limit` remain.
    near = nearest_faces(grouping, query.vectors, limit + len(left_out), max_distance)
    return [(face, distance) for face, distance in near if face not in left_out][:limit]


def _matches(
    ranked: Sequence[RankedPerson], people: Mapping[int, PersonRecord], faces: Container[int]
) -> tuple[PersonMatch, ...]:
    """Return the people that have rows; who is being stored has none."""
    return tuple(
        PersonMatch(people[one.number], one.distance, tuple(face for face in one.faces if face in faces))
        for one in ranked
        if one.number in people
    )


def _limit_of_each(max_results: int, queries: int) -> int:
    return min(max_results, MAX_MATCHES // max(1, queries))


def _numbers(cursor: Cursor, person_id: str | None) -> set[int]:
    number = None if person_id is None else person_table.find_person_number(cursor, person_id)
    return set() if number is None else {number}

"""Exact search among the faces of a library, and among its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.not_found import face_not_found, image_not_found, person_not_found
from services.catalog.people.grouping import Grouping
from services.catalog.people_writer import PeopleWriter
from services.catalog.records import FaceRecord, PersonRecord
from services.catalog.search.face_ranking import exemplars, nearest_faces, rank_people
from services.catalog.storage import faces as face_table
from services.catalog.storage import images as image_table
from services.catalog.storage import people as person_table
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.library_row import read_space
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, UNIT_TOLERANCE, Box
from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.excerpt import excerpt

Vectors = npt.NDArray[np.float32]

MAX_MATCHES: Final = 10_000
_EXEMPLAR_CANDIDATES: Final = 64
_GROWTH: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class SearchQuery:
    """What is searched for.

    Attributes:
        vectors: unit float32 [m, 512]; the nearest of them counts.
        face_id: the face that it is, which is not among its results.
        person_id: the person that it is, likewise.
        box: where it is in its photo, in pixels of the upright image.

    """

    vectors: Vectors
    face_id: int | None = None
    person_id: str | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """A face that was found, and its cosine distance."""

    face: FaceRecord
    distance: float


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """A person that was found.

    Attributes:
        person: the person.
        distance: mean cosine distance of `faces` to the query.
        faces: ids of the person's nearest faces, nearest first, at most three.

    """

    person: PersonRecord
    distance: float
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Two people that may be the same.

    Attributes:
        person: the one with a name, or with more faces.
        other: the other.
        probability: that they are the same, 0 to 1.

    """

    person: PersonRecord
    other: PersonRecord
    probability: float


class FaceSearch:
    """Searches one library; methods may be called from any thread.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.
        library_id: for messages.

    """

    def __init__(self, database: Database, people: PeopleWriter, library_id: str) -> None:
        self._database = database
        self._people = people
        self._library_id = library_id

    def by_embedding(self, embedding: bytes, space: str) -> SearchQuery:
        """Return the query of an embedding from elsewhere, little-endian float32; an empty `space` is not checked.

        Raises:
            InvalidArgumentError: EMBEDDING_INVALID.
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        field = "query.embedding.embedding"
        if len(embedding) != 4 * EMBEDDING_DIMENSIONS:
            raise InvalidArgumentError(
                Reason.EMBEDDING_INVALID,
                f"An embedding has {EMBEDDING_DIMENSIONS} float32 numbers, {4 * EMBEDDING_DIMENSIONS} bytes, not "
                f"{len(embedding)} bytes.",
                field=field,
                metadata={"limit": str(4 * EMBEDDING_DIMENSIONS), "value": str(len(embedding))},
            )
        vector = np.frombuffer(embedding, "<f4").astype(np.float32)
        length = float(np.linalg.norm(vector.astype(np.float64)))
        if not abs(length - 1) <= UNIT_TOLERANCE:
            raise InvalidArgumentError(
                Reason.EMBEDDING_INVALID,
                f"An embedding has the length 1, and this one {length:g}. Divide it by its length.",
                field=field,
            )
        if space:
            self.check_space(space)
        return SearchQuery(vector[np.newaxis])

    def check_space(self, space: str) -> None:
        """Refuse embeddings that can't be compared with those of the library.

        Raises:
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        with self._database.read() as cursor:
            own = read_space(cursor)
        if own and space != own:
            raise FailedPreconditionError(
                Reason.EMBEDDING_SPACE_MISMATCH,
                f"The query lives in the space {excerpt(space)!r}, the faces of library {self._library_id!r} in "
                f"{own!r}, and distances between the two mean nothing. Use the embedder that the library was "
                "made with.",
                resource=f"libraries/{self._library_id}",
                metadata={"library_space": own, "query_space": excerpt(space)},
            )

    def by_face(self, face_id: int) -> SearchQuery:
        """Return the query of a face of the library.

        Raises:
            NotFoundError: FACE_NOT_FOUND.

        """
        with self._database.read() as cursor:
            queries = _of_faces(cursor, [face_id])
        if not queries:
            raise face_not_found(self._library_id, face_id)
        return queries[0]

    def by_image(self, sha256: str) -> list[SearchQuery]:
        """Return a query for each face of an image of the library, in the order of their ids.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.

        """
        with self._database.read() as cursor:
            image_id = image_table.find_image_id(cursor, sha256)
            if image_id is None:
                raise image_not_found(self._library_id, sha256)
            return _of_faces(cursor, face_table.read_face_ids(cursor, [image_id]))

    def by_person(self, person_id: str) -> SearchQuery:
        """Return the query of a person of the library: some faces, well seen and as different as possible.

        A mean would be nobody's face; these are all real ones. The first is the one of the best quality, the next is
        each time the one farthest from those chosen, among the 64 of the best quality (Gonzalez, Clustering to minimize
        the maximum intercluster distance, 1985).

        Raises:
            NotFoundError: PERSON_NOT_FOUND.

        """
        with self._database.read() as cursor:
            number = person_table.find_person_number(cursor, person_id)
            if number is None:
                raise person_not_found(self._library_id, person_id)
            rows = cursor.execute(
                "SELECT embedding FROM face WHERE person = ? ORDER BY quality DESC, id LIMIT ?",
                [number, _EXEMPLAR_CANDIDATES],
            ).fetchall()
        vectors = np.frombuffer(b"".join(row[0] for row in rows), "<f4").reshape(-1, EMBEDDING_DIMENSIONS)
        return SearchQuery(exemplars(vectors.astype(np.float32)), person_id=person_id)

    def find_faces(
        self, queries: Sequence[SearchQuery], *, max_results: int, max_distance: float
    ) -> list[tuple[FaceMatch, ...]]:
        """Return for each query the nearest faces, nearest first, of equally near ones the older first."""
        limit = _share(max_results, len(queries))
        with self._database.exclusive():
            grouping = self._people.ensure_loaded()
            with self._database.read() as cursor:
                found = []
                for query in queries:
                    left_out = _left_out(cursor, grouping, query)
                    near = nearest_faces(grouping, query.vectors, limit + len(left_out), max_distance)
                    found.append([match for match in near.found if match[0] not in left_out][:limit])
                ids = sorted({face for matches in found for face, _ in matches})
                faces = {face.id: face for face in face_table.read_faces(cursor, ids, read_space(cursor))}
        return [tuple(FaceMatch(faces[face], distance) for face, distance in matches) for matches in found]

    def find_people(
        self, queries: Sequence[SearchQuery], *, max_results: int, max_distance: float, include_hidden: bool = False
    ) -> list[tuple[PersonMatch, ...]]:
        """Return for each query the nearest people by the mean distance of their three nearest faces, or of fewer."""
        limit = _share(max_results, len(queries))
        with self._database.exclusive():
            grouping = self._people.ensure_loaded()
            with self._database.read() as cursor:
                hidden = set() if include_hidden else person_table.read_hidden(cursor)
                found = []
                for query in queries:
                    left_out = hidden | _numbers(cursor, query.person_id)
                    own = {query.face_id} - {None}
                    ranked = rank_people(grouping, query.vectors, own, left_out, limit)
                    found.append([person for person in ranked if person.distance <= max_distance])
                people = person_table.read_people(cursor, {person.number for ranked in found for person in ranked})
        return [tuple(PersonMatch(people[one.number], one.distance, one.faces) for one in ranked) for ranked in found]

    def find_merges(self, limit: int, *, include_hidden: bool = False) -> list[MergeSuggestion]:
        """Return pairs of people that may be the same, likeliest first; none that users told apart."""
        with self._database.exclusive():
            grouping = self._people.ensure_loaded()
            with self._database.read() as cursor:
                hidden = set() if include_hidden else person_table.read_hidden(cursor)
                asked = limit
                while True:
                    pairs = grouping.suggestions(asked)
                    shown = [pair for pair in pairs if not {pair.first, pair.second} & hidden][:limit]
                    if len(shown) == limit or len(pairs) < asked:
                        break
                    asked *= _GROWTH
                people = person_table.read_people(cursor, {one for pair in shown for one in (pair.first, pair.second)})
        return [_suggestion(people[pair.first], people[pair.second], pair.probability) for pair in shown]


def _suggestion(first: PersonRecord, second: PersonRecord, probability: float) -> MergeSuggestion:
    if second.display_name and not first.display_name:
        first, second = second, first
    return MergeSuggestion(first, second, probability)


def _share(max_results: int, queries: int) -> int:
    return min(max_results, MAX_MATCHES // max(1, queries))


def _of_faces(cursor: Cursor, face_ids: Sequence[int]) -> list[SearchQuery]:
    faces = face_table.read_faces(cursor, face_ids, "", with_embedding=True)
    return [
        SearchQuery(np.frombuffer(face.embedding or b"", "<f4").astype(np.float32)[np.newaxis], face.id, box=face.box)
        for face in faces
    ]


def _left_out(cursor: Cursor, grouping: Grouping, query: SearchQuery) -> set[int]:
    faces = {int(face) for number in _numbers(cursor, query.person_id) for face in grouping.faces_of(number)}
    return faces if query.face_id is None else faces | {query.face_id}


def _numbers(cursor: Cursor, person_id: str | None) -> set[int]:
    number = None if person_id is None else person_table.find_person_number(cursor, person_id)
    return set() if number is None else {number}

"""SearchService: translates between messages and the search among a library's faces and people."""

from collections.abc import Callable
from typing import Final, TypeVar

from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1 import search_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.indexing.photo_query import PhotoQuery
from services.catalog.search.face_ranking import MAX_DISTANCE
from services.catalog.search.face_search import FaceSearch, SearchQuery
from services.catalog.servicers.messages import box_message, face_message, person_message
from services.catalog.servicers.resource_names import child_name, parse_library, parse_own, parse_own_number
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import InvalidArgumentError, Reason
from services.common.wire.context import Context

_MAX_RESULTS: Final = 500
_DEFAULT_RESULTS: Final = 50
_Match = TypeVar("_Match")
_Queries = Callable[[FaceSearch], list[SearchQuery]]


class SearchServicer(pb_grpc.SearchServiceServicer):
    """Finds faces and people that resemble a query.

    Args:
        catalog: the libraries.
        photos: finds the faces in a photo that is asked about.
        executor: runs searches.
        admission: bounds the photos held in memory.

    """

    def __init__(self, catalog: Catalog, photos: PhotoQuery, executor: BoundedExecutor, admission: Admission) -> None:
        self._catalog = catalog
        self._photos = photos
        self._executor = executor
        self._admission = admission

    async def SearchFaces(self, request: pb.SearchFacesRequest, context: Context) -> pb.SearchFacesResponse:
        """Find the faces that resemble the query."""
        library, limit, distance = _asked(request)
        found = await self._search(
            library,
            request.query,
            lambda search, queries: search.find_faces(queries, max_results=limit, max_distance=distance),
        )
        return pb.SearchFacesResponse(
            results=[
                pb.FaceMatches(
                    query=_query_face(library, query),
                    matches=[
                        pb.FaceMatch(face=face_message(library, match.face), distance=match.distance)
                        for match in matches
                    ],
                )
                for query, matches in found
            ]
        )

    async def SearchPeople(self, request: pb.SearchPeopleRequest, context: Context) -> pb.SearchPeopleResponse:
        """Find the people that resemble the query."""
        library, limit, distance = _asked(request)
        found = await self._search(
            library,
            request.query,
            lambda search, queries: search.find_people(
                queries, max_results=limit, max_distance=distance, include_hidden=request.show_hidden
            ),
        )
        return pb.SearchPeopleResponse(
            results=[
                pb.PersonMatches(
                    query=_query_face(library, query),
                    matches=[
                        pb.PersonMatch(
                            person=person_message(library, match.person),
                            distance=match.distance,
                            faces=[child_name(library, "faces", str(face)) for face in match.faces],
                        )
                        for match in matches
                    ],
                )
                for query, matches in found
            ]
        )

    async def _search(
        self,
        library: str,
        query: pb.SearchQuery,
        find: Callable[[FaceSearch, list[SearchQuery]], list[tuple[_Match, ...]]],
    ) -> list[tuple[SearchQuery, tuple[_Match, ...]]]:
        queries = await self._queries(library, query)

        def run() -> list[tuple[SearchQuery, tuple[_Match, ...]]]:
            search = self._catalog.get(library).search
            asked = queries(search)
            return list(zip(asked, find(search, asked), strict=True))

        return await self._executor.run(run)

    async def _queries(self, library: str, query: pb.SearchQuery) -> _Queries:
        """Return what looks the query up, in a thread; a photo's faces are found before."""
        match query.WhichOneof("query"):
            case "embedding":
                vector = query.embedding
                return lambda search: [search.by_embedding(vector.embedding, vector.embedding_space)]
            case "face":
                face = parse_own_number(query.face, "faces", library, field="query.face")
                return lambda search: [search.by_face(face)]
            case "image":
                image = parse_own(query.image, "images", library, field="query.image")
                return lambda search: search.by_image(image)
            case "person":
                person = parse_own(query.person, "people", library, field="query.person")
                return lambda search: [search.by_person(person)]
            case "content":
                return await self._photo(library, query.content)
        raise InvalidArgumentError(
            Reason.QUERY_MISSING,
            "Say what to search for: embedding, face, image, person or content.",
            field="query",
        )

    async def _photo(self, library: str, content: bytes) -> _Queries:
        await self._executor.run(self._catalog.get, library)
        with self._admission.place():
            faces, space = await self._photos.faces(content)

        def look_up(search: FaceSearch) -> list[SearchQuery]:
            if faces:
                search.check_space(space)
            return faces

        return look_up


def _query_face(library: str, query: SearchQuery) -> pb.QueryFace:
    return pb.QueryFace(
        face="" if query.face_id is None else child_name(library, "faces", str(query.face_id)),
        box=None if query.box is None else box_message(query.box),
    )


def _asked(request: pb.SearchFacesRequest | pb.SearchPeopleRequest) -> tuple[str, int, float]:
    """Return the library, the most results and the largest distance."""
    return (
        parse_library(request.parent, field="parent"),
        _max_results(request.max_results),
        _max_distance(request.max_distance if request.HasField("max_distance") else MAX_DISTANCE),
    )


def _max_results(asked: int) -> int:
    if not 0 <= asked <= _MAX_RESULTS:
        raise InvalidArgumentError(
            Reason.MAX_RESULTS_INVALID,
            f"{asked} results can't be asked for: the most are {_MAX_RESULTS}, and 0 means {_DEFAULT_RESULTS}.",
            field="max_results",
            metadata={"limit": str(_MAX_RESULTS), "value": str(asked)},
        )
    return asked or _DEFAULT_RESULTS


def _max_distance(asked: float) -> float:
    if not 0 <= asked <= MAX_DISTANCE:
        raise InvalidArgumentError(
            Reason.MAX_DISTANCE_INVALID,
            f"A cosine distance is 0 to {MAX_DISTANCE:g}, not {asked:g}.",
            field="max_distance",
            metadata={"limit": f"{MAX_DISTANCE:g}", "value": f"{asked:g}"},
        )
    return asked

"""SearchService: translates between messages and the search among a library's faces and people."""

from collections.abc import Callable
from contextlib import nullcontext

from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1 import search_service_pb2_grpc as pb_grpc
from services.catalog.indexing.photo_query import PhotoQuery
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.search.face_ranking import MAX_DISTANCE
from services.catalog.search.face_search import FaceMatch, PersonMatch
from services.catalog.search.face_verification import Compared
from services.catalog.search.query import SearchQuery, embedding_query
from services.catalog.servicers.compared_faces import SentPhoto, compared_face, parse_compared
from services.catalog.servicers.face_message import face_message
from services.catalog.servicers.messages import box_message, person_message
from services.catalog.servicers.pages import fit_answer, max_results
from services.catalog.servicers.resource_names import child_name, parse_library, parse_own, parse_own_number
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_SEARCH_RESULTS
from services.common.number_text import float64_text
from services.common.wire.context import Context

# Looks the query up in the library; runs in a thread.
_LookUp = Callable[[Library], list[SearchQuery]]


class SearchServicer(pb_grpc.SearchServiceServicer):
    """Finds faces and people that resemble a query.

    Args:
        libraries: leases them, and runs searches.
        executor: runs checks that take long.
        photos: finds the faces in a photo that is searched for.
        admission: bounds the photos that are being looked at.

    """

    def __init__(
        self, libraries: LibraryCalls, executor: BoundedExecutor, photos: PhotoQuery, admission: Admission
    ) -> None:
        self._libraries = libraries
        self._executor = executor
        self._photos = photos
        self._admission = admission

    async def SearchFaces(self, request: pb.SearchFacesRequest, context: Context) -> pb.SearchFacesResponse:
        """Find the faces that resemble the query."""
        parsing = self._parse(request)
        # A photo is searched for, and waits for the detector: what came with it must not be in memory as well.
        del request
        options, look_up = await parsing

        def run(library: Library) -> pb.SearchFacesResponse:
            queries = look_up(library)
            found = library.search.find_faces(
                queries, max_results=options.max_results, max_distance=options.max_distance
            )
            matches = fit_answer([[_face_match(library.id, match) for match in faces] for faces in found])
            results = [
                pb.FaceMatches(query=_query_face(library.id, query), matches=some)
                for query, some in zip(queries, matches, strict=True)
            ]
            return pb.SearchFacesResponse(results=results)

        return await self._libraries.run(options.library, run, people=True)

    async def SearchPeople(self, request: pb.SearchPeopleRequest, context: Context) -> pb.SearchPeopleResponse:
        """Find the people that resemble the query."""
        include_hidden, parsing = request.show_hidden, self._parse(request)
        del request
        options, look_up = await parsing

        def run(library: Library) -> pb.SearchPeopleResponse:
            queries = look_up(library)
            found = library.search.find_people(
                queries,
                max_results=options.max_results,
                max_distance=options.max_distance,
                include_hidden=include_hidden,
            )
            matches = fit_answer([[_person_match(library.id, match) for match in people] for people in found])
            results = [
                pb.PersonMatches(query=_query_face(library.id, query), matches=some)
                for query, some in zip(queries, matches, strict=True)
            ]
            return pb.SearchPeopleResponse(results=results)

        return await self._libraries.run(options.library, run, people=True)

    async def VerifyFaces(self, request: pb.VerifyFacesRequest, context: Context) -> pb.VerifyFacesResponse:
        """Tell whether two faces, or faces of two images, are one person's."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        sides = [
            checks.run(parse_compared, request.first, checks.known(library), field="first"),
            checks.run(parse_compared, request.second, checks.known(library), field="second"),
        ]
        # A photo that is compared waits for the detector: what came with it must not be in memory as well.
        del request
        photos = [side for side in map(checks.known, sides) if isinstance(side, SentPhoto)]
        # What is wrong with the one photo of a request that is right otherwise is found on the way.
        if checks.failed or len(photos) > 1:
            for photo in photos:
                await self._executor.run(checks.run, self._photos.check, photo.content, field=photo.field)
        checks.done()
        if photos:
            # What can't be compared is refused before the work, and is free again while that lasts.
            async with self._libraries.lease(library):
                pass
        first, second = await self._look(sides, photos)
        found = await self._libraries.run(library, lambda opened: opened.verification.verify(first, second))
        return pb.VerifyFacesResponse(
            first=compared_face(library, found.first),
            second=compared_face(library, found.second),
            distance=found.distance,
            probability=found.probability,
            same_person=found.same_person,
        )

    async def _look(self, sides: list[Compared | SentPhoto], photos: list[SentPhoto]) -> list[Compared]:
        """Return what is compared, with the faces of photos that were sent; the lists give these up."""
        looked: list[Compared] = []
        with self._admission.place() if photos else nullcontext():
            photos.clear()
            while sides:
                side = sides.pop(0)
                if isinstance(side, SentPhoto):
                    content, field = side.content, side.field
                    del side
                    looking = self._photos.outsiders(content, field=field)
                    del content
                    looked.append(await looking)
                else:
                    looked.append(side)
        return looked

    async def _parse(self, request: pb.SearchFacesRequest | pb.SearchPeopleRequest) -> tuple["_Options", _LookUp]:
        """Return the options and what looks the query up; the faces of a photo are found at once, as it takes long."""
        checks = Checks()
        options = _Options(checks, request)
        if request.query.WhichOneof("query") != "content":
            checks.done()
            return options, options.look_up
        photo = request.query.content
        del request
        if checks.failed:
            await self._executor.run(checks.run, self._photos.check, photo)
        checks.done()
        # What can't be searched is refused before the work, and is free again while that lasts.
        async with self._libraries.lease(options.library):
            pass
        with self._admission.place():
            faces, space = await self._photos.faces(photo)

        def check(library: Library) -> list[SearchQuery]:
            if faces:
                library.queries.check_space(space)
            return faces

        return options, check


class _Options:
    """What a search asks for.

    Args:
        checks: gets what is wrong with it: RESOURCE_NAME_INVALID, QUERY_MISSING, EMBEDDING_INVALID,
            MAX_RESULTS_INVALID, MAX_DISTANCE_INVALID.
        request: the request.

    Attributes:
        library: id of the library.
        max_results: the most results of one face of the query.
        max_distance: the largest distance of a result.
        look_up: makes the queries, unless a photo is searched for.

    """

    def __init__(self, checks: Checks, request: pb.SearchFacesRequest | pb.SearchPeopleRequest) -> None:
        self.library = checks.run(parse_library, request.parent, field="parent")
        self.look_up = _parse_query(checks, request.query, checks.known(self.library))
        self.max_results = checks.run(max_results, request.max_results, MAX_SEARCH_RESULTS)
        distance = request.max_distance if request.HasField("max_distance") else MAX_DISTANCE
        self.max_distance = checks.run(_max_distance, distance)


def _parse_query(checks: Checks, query: pb.SearchQuery, library: str | None) -> _LookUp:
    """Return what looks the query up, to be used once the checks are done."""
    match query.WhichOneof("query"):
        case "embedding":
            space = query.embedding.embedding_space
            vector = checks.run(embedding_query, query.embedding.embedding, field="query.embedding.embedding")
            return lambda opened: _checked(opened, vector, space)
        case "face":
            face = checks.run(parse_own_number, query.face, "faces", library, field="query.face")
            return lambda opened: [opened.queries.of_face(face)]
        case "image":
            image = checks.run(parse_own, query.image, "images", library, field="query.image")
            return lambda opened: opened.queries.of_image(image)
        case "person":
            person = checks.run(parse_own, query.person, "people", library, field="query.person")
            return lambda opened: [opened.queries.of_person(person)]
        case None:
            checks.run(_refuse_missing_query)
    return lambda _: []


def _refuse_missing_query() -> None:
    raise InvalidArgumentError(
        Reason.QUERY_MISSING,
        "Say what to search for: embedding, face, image, person or content.",
        field="query",
    )


def _checked(library: Library, query: SearchQuery, space: str) -> list[SearchQuery]:
    """Return the query; without a space the caller vouches for it."""
    if space:
        library.queries.check_space(space)
    return [query]


def _query_face(library: str, query: SearchQuery) -> pb.QueryFace:
    return pb.QueryFace(
        face="" if query.face_id is None else child_name(library, "faces", str(query.face_id)),
        box=None if query.box is None else box_message(query.box),
    )


def _face_match(library: str, match: FaceMatch) -> pb.FaceMatch:
    return pb.FaceMatch(face=face_message(library, match.face), distance=match.distance)


def _person_match(library: str, match: PersonMatch) -> pb.PersonMatch:
    return pb.PersonMatch(
        person=person_message(library, match.person),
        distance=match.distance,
        faces=[child_name(library, "faces", str(face)) for face in match.faces],
    )


def _max_distance(requested: float) -> float:
    if not 0 <= requested <= MAX_DISTANCE:
        raise InvalidArgumentError(
            Reason.MAX_DISTANCE_INVALID,
            f"A cosine distance is 0 to {float64_text(MAX_DISTANCE)}, not {float64_text(requested)}.",
            field="max_distance",
            metadata={"minimum": "0", "limit": float64_text(MAX_DISTANCE), "value": float64_text(requested)},
        )
    return requested

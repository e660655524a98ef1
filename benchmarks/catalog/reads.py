"""The reading calls that are measured."""

from collections.abc import Callable
from itertools import cycle
from typing import Final, Protocol

from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1.image_service_pb2 import (
    GetImageRequest,
    ImageFilter,
    ListImagesRequest,
    ListSourcesRequest,
)
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.people_edit_service_pb2 import SuggestMergesRequest
from albumen.catalog.v1.people_edit_service_pb2_grpc import PeopleEditServiceStub
from albumen.catalog.v1.people_service_pb2 import FaceFilter, GetPersonRequest, ListFacesRequest, ListPeopleRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.catalog.v1.search_service_pb2 import SearchFacesRequest, SearchPeopleRequest, SearchQuery
from albumen.catalog.v1.search_service_pb2_grpc import SearchServiceStub
from albumen.catalog.v1.summary_service_pb2 import (
    TIMELINE_GRANULARITY_DAY,
    ListTimelineBucketsRequest,
    SummarizeImagesRequest,
    SummaryFacet,
)
from albumen.catalog.v1.summary_service_pb2_grpc import SummaryServiceStub
from benchmarks.catalog.prepared import PARENT
from benchmarks.catalog.recipe import RANKS, label_names
from benchmarks.catalog.service import RunningCatalog
from benchmarks.catalog.subjects import Subjects, in_turn

Call = Callable[[], object]

NAMES_A_PAGE: Final = 1000

_PAGE: Final = 50
_FACES_A_PAGE: Final = 250
# Ranks of labels that stand on one photo now and then.
_TOGETHER: Final = (0, 1, 2)
_FACE_FIELDS: Final = ("name", "image", "person", "box", "thumbnail")
_CALL_SECONDS: Final = 120


class _PageRequest(Protocol):
    page_token: str


class _Page(Protocol):
    @property
    def next_page_token(self) -> str: ...


def page_by_page(ask: Callable[..., _Page], request: _PageRequest) -> Call:
    """Return a call for the next page, and for the first one after the last."""

    def call() -> object:
        page = ask(request, timeout=_CALL_SECONDS)
        request.page_token = page.next_page_token
        return page

    return call


def reading_calls(catalog: RunningCatalog, subjects: Subjects) -> dict[str, Call]:
    """Return the calls by name; each asks for something else every time."""
    return (
        _image_calls(catalog, subjects)
        | _counting_calls(catalog)
        | _people_calls(catalog, subjects)
        | _search_calls(catalog, subjects)
    )


def _image_calls(catalog: RunningCatalog, subjects: Subjects) -> dict[str, Call]:
    stub = ImageServiceStub(catalog.channel)
    images, pairs, labels = in_turn(subjects.images), in_turn(subjects.pairs), label_names()

    def pages(image_filter: ImageFilter | None = None, *fields: str) -> Call:
        mask = FieldMask(paths=fields) if fields else None
        request = ListImagesRequest(parent=PARENT, page_size=_PAGE, filter=image_filter, read_mask=mask)
        return page_by_page(stub.ListImages, request)

    by_label = cycle([pages(ImageFilter(labels=[labels[rank]])) for rank in RANKS])

    def of_label() -> object:
        return next(by_label)()

    def of_pair() -> object:
        return pages(ImageFilter(person=next(pairs)))()

    return {
        "get_image": lambda: stub.GetImage(GetImageRequest(name=next(images)), timeout=_CALL_SECONDS),
        "list_sources": page_by_page(stub.ListSources, ListSourcesRequest(parent=PARENT, page_size=NAMES_A_PAGE)),
        "list_images": pages(),
        "list_images_name": pages(None, "name"),
        "list_images_label": of_label,
        "list_images_labels": pages(ImageFilter(labels=[labels[rank] for rank in _TOGETHER])),
        "list_images_person": of_pair,
    }


def _counting_calls(catalog: RunningCatalog) -> dict[str, Call]:
    """Return the calls that look at columns of all images."""
    images, summaries = ImageServiceStub(catalog.channel), SummaryServiceStub(catalog.channel)
    label = label_names()[RANKS[0]]
    filtered = ListImagesRequest(
        parent=PARENT,
        page_size=_PAGE,
        filter=ImageFilter(expression=f'objects."{label}" >= 0.5 capture_time > 2010 -alone(nobody)'),
        order_by="capture_time desc",
    )
    days = ListTimelineBucketsRequest(parent=PARENT, page_size=_PAGE, granularity=TIMELINE_GRANULARITY_DAY)
    everything = SummarizeImagesRequest(parent=PARENT, facets=SummaryFacet.keys()[1:])
    return {
        "list_images_filter": page_by_page(images.ListImages, filtered),
        "summarize_images": lambda: summaries.SummarizeImages(everything, timeout=_CALL_SECONDS),
        "list_timeline": page_by_page(summaries.ListTimelineBuckets, days),
    }


def _people_calls(catalog: RunningCatalog, subjects: Subjects) -> dict[str, Call]:
    stub = PeopleServiceStub(catalog.channel)
    people, pairs = in_turn(subjects.people), in_turn(subjects.pairs)

    def faces(person: str = "") -> Call:
        request = ListFacesRequest(parent=PARENT, page_size=_FACES_A_PAGE, read_mask=FieldMask(paths=_FACE_FIELDS))
        if person:
            request.filter.CopyFrom(FaceFilter(person=person))
        return page_by_page(stub.ListFaces, request)

    def of_largest() -> object:
        return faces(subjects.largest)()

    def of_pair() -> object:
        return faces(next(pairs))()

    return {
        "list_people": page_by_page(stub.ListPeople, ListPeopleRequest(parent=PARENT, page_size=_PAGE)),
        "get_person": lambda: stub.GetPerson(GetPersonRequest(name=next(people)), timeout=_CALL_SECONDS),
        "list_faces": faces(),
        "list_faces_largest": of_largest,
        "list_faces_pair": of_pair,
    }


def _search_calls(catalog: RunningCatalog, subjects: Subjects) -> dict[str, Call]:
    stub, edits = SearchServiceStub(catalog.channel), PeopleEditServiceStub(catalog.channel)
    faces = in_turn(subjects.faces)

    def query() -> SearchQuery:
        return SearchQuery(face=next(faces))

    return {
        "search_faces": lambda: stub.SearchFaces(
            SearchFacesRequest(parent=PARENT, query=query()), timeout=_CALL_SECONDS
        ),
        "search_people": lambda: stub.SearchPeople(
            SearchPeopleRequest(parent=PARENT, query=query()), timeout=_CALL_SECONDS
        ),
        "suggest_merges": lambda: edits.SuggestMerges(
            SuggestMergesRequest(parent=PARENT, page_size=_PAGE), timeout=_CALL_SECONDS
        ),
    }

"""What images add up to, over the wire."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import LabelCount
from albumen.catalog.v1.image_service_pb2 import ImageFilter, ListImagesRequest
from albumen.catalog.v1.people_service_pb2 import UpdatePersonRequest
from albumen.catalog.v1.person_pb2 import Person
from services.catalog.columns.timeline import Granularity
from services.catalog.filters import ANY_IMAGE
from services.catalog.image_summary import Camera, Counted, ImageSummary
from services.catalog.library import Library
from services.catalog.servicers.pages import encode_page_token
from services.catalog.servicers.summary_message import summary_message
from services.catalog.vocabulary import Exif
from services.common.limits import MAX_PAGE_BYTES
from tests.catalog.asking import person_of, refusal
from tests.catalog.clustering.synthetic import analysis
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script

FACETS = pb.SummaryFacet.keys()[1:]


async def test_one_call_tells_how_many_there_are_of_what(world: World) -> None:
    anna = await person_of(world, "anna", 3, "Anna")
    await person_of(world, "bob", 2)
    for objects in (("cat", "cup"), ("cat",), ("dog",)):
        await world.index(world.script.photo("anna", objects=objects))
    found = await world.summaries.SummarizeImages(pb.SummarizeImagesRequest(facets=FACETS, max_results=2))
    images = (await world.images.ListImages(ListImagesRequest())).images
    assert (found.image_count, found.size_bytes) == (8, sum(image.size_bytes for image in images))
    assert list(found.labels.labels) == [
        LabelCount(label="cat", image_count=2),
        LabelCount(label="cup", image_count=1),
    ]
    assert (found.labels.other_count, found.labels.missing_image_count) == (1, 5)
    first, second = found.people.people
    assert first == pb.PersonCount(person=anna.name, display_name="Anna", cover_face=anna.cover_face, image_count=6)
    assert (second.display_name, second.image_count, found.people.other_count) == ("", 2, 0)
    assert [(kind.mime_type, kind.image_count) for kind in found.media_types.media_types] == [("image/png", 8)]
    for facet in (found.months, found.days, found.cameras, found.places):
        assert (facet.other_count, facet.missing_image_count) == (0, 8)


async def test_hidden_people_are_not_told_but_they_are_people(world: World) -> None:
    anna = await person_of(world, "anna", 2)
    hidden = UpdatePersonRequest(person=Person(name=anna.name, hidden=True))
    await world.people.UpdatePerson(hidden)
    found = await world.summaries.SummarizeImages(pb.SummarizeImagesRequest(facets=[pb.SUMMARY_FACET_PEOPLE]))
    assert found.people == pb.PersonFacet()
    assert found.HasField("people")
    assert not found.HasField("labels")


async def test_a_filter_decides_what_is_counted(world: World) -> None:
    for objects in (("cat", "dog"), ("cat",), ("dog",)):
        await world.index(world.script.photo(objects=objects))
    request = pb.SummarizeImagesRequest(
        filter=ImageFilter(labels=["cat"], expression="-objects:dog"), facets=[pb.SUMMARY_FACET_LABELS]
    )
    found = await world.summaries.SummarizeImages(request)
    assert (found.image_count, [label.label for label in found.labels.labels]) == (1, ["cat"])


async def test_a_bucket_of_a_timeline_tells_how_to_list_it(world: World) -> None:
    for objects in (("cat",), ("dog",), ("cat",)):
        await world.index(world.script.photo(objects=objects))
    request = pb.ListTimelineBucketsRequest(filter=ImageFilter(expression="objects:cat OR objects:cup"))
    found = await world.summaries.ListTimelineBuckets(request)
    (bucket,) = found.timeline_buckets
    assert not bucket.HasField("date")
    assert (bucket.image_count, found.next_page_token) == (2, "")
    listing = ListImagesRequest(
        filter=ImageFilter(expression=bucket.filter_expression), order_by="capture_time desc", page_size=1
    )
    page = await world.images.ListImages(listing)
    assert page.images[0].name == bucket.cover_image
    assert page.next_page_token


@pytest.mark.parametrize(
    ("request_", "field", "reason"),
    [
        (pb.SummarizeImagesRequest(parent="wrong"), "parent", "RESOURCE_NAME_INVALID"),
        (pb.SummarizeImagesRequest(facets=[1, 0]), "facets[1]", "FACET_INVALID"),  # type: ignore[list-item]
        (pb.SummarizeImagesRequest(facets=[1] * 101), "facets", "FACET_INVALID"),  # type: ignore[list-item]
        (pb.SummarizeImagesRequest(max_results=-1), "max_results", "MAX_RESULTS_INVALID"),
        (pb.SummarizeImagesRequest(first_day=Date(year=2024)), "first_day", "DATE_INVALID"),
        (pb.SummarizeImagesRequest(last_day=Date(year=2**31 - 1, month=1, day=1)), "last_day", "DATE_INVALID"),
        (
            pb.SummarizeImagesRequest(
                first_day=Date(year=2024, month=5, day=2), last_day=Date(year=2024, month=5, day=1)
            ),
            "last_day",
            "DATE_INVALID",
        ),
        (pb.SummarizeImagesRequest(cell_degrees=0.0009), "cell_degrees", "PARAMETER_OUT_OF_RANGE"),
        (pb.SummarizeImagesRequest(cell_degrees=90.1), "cell_degrees", "PARAMETER_OUT_OF_RANGE"),
        (pb.SummarizeImagesRequest(cell_degrees=float("nan")), "cell_degrees", "PARAMETER_OUT_OF_RANGE"),
        (pb.SummarizeImagesRequest(filter=ImageFilter(expression="(")), "filter.expression", "FILTER_INVALID"),
        (pb.ListTimelineBucketsRequest(granularity=4), "granularity", "GRANULARITY_INVALID"),  # type: ignore[arg-type]
        (pb.ListTimelineBucketsRequest(page_size=-1), "page_size", "PAGE_SIZE_INVALID"),
        (pb.ListTimelineBucketsRequest(page_token="wrong"), "page_token", "PAGE_TOKEN_INVALID"),  # noqa: S106
    ],
)
async def test_what_is_no_summary_is_refused(world: World, request_: Any, field: str, reason: str) -> None:
    timeline = isinstance(request_, pb.ListTimelineBucketsRequest)
    ask: Any = world.summaries.ListTimelineBuckets if timeline else world.summaries.SummarizeImages
    failure = await refusal(ask(request_))
    assert (failure.code, failure.fields, failure.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT.value[0],
        [field],
        reason,
    )


def _nested(depth: int) -> str:
    expression = "a"
    for level in range(depth):
        expression = f"(b OR {expression})" if level % 2 == depth % 2 else f"(c AND {expression})"
    return f"(d OR {expression})"


@pytest.mark.parametrize("expression", ["a".ljust(3_973), " OR ".join(["a"] * 100), _nested(18)])
async def test_a_filter_without_room_for_a_time_is_refused_by_a_timeline(world: World, expression: str) -> None:
    wanted = ImageFilter(expression=expression)
    await world.images.ListImages(ListImagesRequest(filter=wanted))
    failure = await refusal(world.summaries.ListTimelineBuckets(pb.ListTimelineBucketsRequest(filter=wanted)))
    assert (failure.fields, failure.reason) == (["filter.expression"], "FILTER_INVALID")
    assert "no room" in failure.message


@pytest.mark.parametrize("expression", ["a".ljust(3_972), " OR ".join(["a"] * 99), _nested(17)])
async def test_a_filter_with_just_enough_room_is_taken(world: World, expression: str) -> None:
    await world.index(world.script.photo())
    request = pb.ListTimelineBucketsRequest(filter=ImageFilter(expression=f"{expression}"))
    await world.summaries.ListTimelineBuckets(request)


async def test_a_page_token_serves_its_own_timeline_only(world: World) -> None:
    token = encode_page_token((2**62,), "timeline", "default", ANY_IMAGE, Granularity.MONTH, False)  # noqa: FBT003
    again = pb.ListTimelineBucketsRequest(page_token=token)
    assert not (await world.summaries.ListTimelineBuckets(again)).timeline_buckets
    for other in (
        pb.ListTimelineBucketsRequest(oldest_first=True),
        pb.ListTimelineBucketsRequest(granularity=pb.TIMELINE_GRANULARITY_DAY),
        pb.ListTimelineBucketsRequest(filter=ImageFilter(labels=["cat"])),
    ):
        other.page_token = token
        assert (await refusal(world.summaries.ListTimelineBuckets(other))).reason == "PAGE_TOKEN_INVALID"


def test_facets_are_cut_where_a_client_would_not_take_them() -> None:
    cameras = tuple((Camera(f"{number:04}".ljust(400, "\U0001f4f7"), "m" * 4_000), 1) for number in range(1_000))
    summary = ImageSummary(images=1_000, size_bytes=1, cameras=Counted(cameras, 5, 7), media_types=Counted((), 0))
    message = summary_message("default", summary)
    assert MAX_PAGE_BYTES * 0.8 < message.ByteSize() < MAX_PAGE_BYTES
    assert len(message.cameras.cameras) + message.cameras.other_count == 1_005
    assert message.cameras.missing_image_count == 7


async def test_a_facet_has_no_more_entries_than_it_may(tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    with contextlib.closing(Library(libraries / "default.duckdb", "default")) as library:
        taken = (datetime(2000, 1, 1) + timedelta(days=number) for number in range(1_002))  # noqa: DTZ001
        for number, time in enumerate(taken):
            seen = analysis(f"p{number}", labels=(f"label {number:04}",))
            library.add_image(replace(seen, exif=Exif(time, None, None, None, None, None)))
    async with open_world(libraries, Script()) as world:
        request = pb.SummarizeImagesRequest(facets=["SUMMARY_FACET_LABELS"], max_results=5_000)
        found = await world.summaries.SummarizeImages(request)
        assert (len(found.labels.labels), found.labels.other_count) == (1_000, 2)
        pages = pb.ListTimelineBucketsRequest(page_size=5_000, granularity=pb.TIMELINE_GRANULARITY_DAY)
        page = await world.summaries.ListTimelineBuckets(pages)
        assert [len(page.timeline_buckets), bool(page.next_page_token)] == [1_000, True]
        pages.page_token = page.next_page_token
        last = await world.summaries.ListTimelineBuckets(pages)
        assert [bucket.date for bucket in last.timeline_buckets] == [
            Date(year=2000, month=1, day=2),
            Date(year=2000, month=1, day=1),
        ]

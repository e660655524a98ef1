"""Places of images over the API: replaced, listed, forgotten, refused."""

from datetime import UTC, datetime

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from albumen.catalog.v1 import image_service_pb2 as pb
from tests.catalog.asking import refusal
from tests.catalog.conftest import World

PLACE = "file:///photos/ann.png"


async def index(world: World, *faces: str, uri: str = PLACE, name: str = "ann.png") -> pb.IndexImageBytesResponse:
    header = pb.ImageHeader(source_uri=uri, file_name=name)
    header.modify_time.FromDatetime(datetime(2024, 1, 2, tzinfo=UTC))
    request = pb.IndexImageBytesRequest(header=header, content=world.script.photo(*faces))
    return await world.images.IndexImageBytes(request)


async def sources(world: World, prefix: str = "") -> list[str]:
    answer = await world.images.ListSources(pb.ListSourcesRequest(uri_prefix=prefix))
    return [source.uri for source in answer.sources]


async def test_new_bytes_at_a_place_name_the_image_that_they_replace(world: World) -> None:
    first = await index(world, "anna")
    second = await index(world, "anna~5")
    assert (first.replaced_image, second.replaced_image) == ("", first.image.name)
    failure = await refusal(world.images.GetImage(pb.GetImageRequest(name=first.image.name)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND.value[0], "IMAGE_NOT_FOUND")


async def test_a_place_tells_what_a_client_needs_to_skip_the_file(world: World) -> None:
    image = (await index(world, "anna")).image
    answer = await world.images.ListSources(pb.ListSourcesRequest())
    (source,) = answer.sources
    assert (source.uri, source.image, source.file_name) == (PLACE, image.name, "ann.png")
    assert source.size_bytes == image.size_bytes > 0
    assert source.modify_time.ToDatetime(UTC) == datetime(2024, 1, 2, tzinfo=UTC)


async def test_pages_of_places_go_on_and_belong_to_their_prefix(world: World) -> None:
    for number in range(3):
        await index(world, uri=f"file:///a/{number}.png")
    await index(world, uri="file:///b/0.png")
    request = pb.ListSourcesRequest(uri_prefix="file:///a/", page_size=2)
    first = await world.images.ListSources(request)
    request.page_token = first.next_page_token
    second = await world.images.ListSources(request)
    assert [source.uri for page in (first, second) for source in page.sources] == await sources(world, "file:///a/")
    assert second.next_page_token == ""
    request.uri_prefix = "file:///b/"
    failure = await refusal(world.images.ListSources(request))
    assert (failure.reason, failure.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def test_a_rehearsed_forgetting_changes_nothing_and_a_retry_finds_nothing(world: World) -> None:
    image = (await index(world, "anna")).image
    request = pb.ForgetSourcesRequest(uris=[PLACE, "file:///unknown.png"], validate_only=True)
    rehearsed = await world.images.ForgetSources(request)
    assert await sources(world) == [PLACE]
    request.validate_only = False
    forgotten = await world.images.ForgetSources(request)
    assert forgotten == rehearsed
    assert (forgotten.forgotten_count, list(forgotten.deleted_images)) == (1, [image.name])
    assert await world.images.ForgetSources(request) == pb.ForgetSourcesResponse()


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (pb.ForgetSourcesRequest(), "SOURCES_EMPTY", "uris"),
        (pb.ForgetSourcesRequest(uris=["file:///x"] * 1001), "TOO_MANY_SOURCES", "uris"),
        (pb.ForgetSourcesRequest(uris=["file:///x", "y" * 2049]), "SOURCE_URI_INVALID", "uris[1]"),
        (pb.ForgetSourcesRequest(uris=["file:///x", "/photos/cat.jpg"]), "SOURCE_URI_INVALID", "uris[1]"),
        (pb.ForgetSourcesRequest(uris=["file:///x", "file:///my cat.jpg"]), "SOURCE_URI_INVALID", "uris[1]"),
        (pb.ForgetSourcesRequest(uris=[""]), "SOURCE_URI_INVALID", "uris[0]"),
        (pb.ForgetSourcesRequest(parent="libraries/", uris=["file:///x"]), "RESOURCE_NAME_INVALID", "parent"),
    ],
)
async def test_what_can_not_be_forgotten(
    world: World, request_: pb.ForgetSourcesRequest, reason: str, field: str
) -> None:
    await index(world, "anna")
    failure = await refusal(world.images.ForgetSources(request_))
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, [field])
    assert await sources(world) == [PLACE]


SECONDS = "years are 1 to 9999, which are seconds -62,135,596,800 to 253,402,300,799, not"
NANOS = "nanos are 0 to 999,999,999, not"
TIMES = {
    "the year 10000": (Timestamp(seconds=253_402_300_800), f"{SECONDS} 253,402,300,800", 253_402_300_800),
    "the year 0": (Timestamp(seconds=-62_135_596_801), f"{SECONDS} -62,135,596,801", -62_135_596_801),
    "far": (Timestamp(seconds=2**60), f"{SECONDS} 1,152,921,504,606,846,976", 2**60),
    "negative nanos": (Timestamp(seconds=1, nanos=-1), f"{NANOS} -1", -1),
    "a second of nanos": (Timestamp(seconds=1, nanos=10**9), f"{NANOS} 1,000,000,000", 10**9),
}


@pytest.mark.parametrize("uri", [PLACE, ""], ids=["of a place", "of no place"])
@pytest.mark.parametrize("case", TIMES)
async def test_a_time_that_no_file_has_is_refused_and_told(world: World, case: str, uri: str) -> None:
    time, why, value = TIMES[case]
    header = pb.ImageHeader(source_uri=uri, modify_time=time)
    content = world.script.photo()
    for call in (
        world.images.IndexImageBytes(pb.IndexImageBytesRequest(header=header, content=content)),
        world.images.IndexImage(iter([pb.IndexImageRequest(header=header), pb.IndexImageRequest(content=content)])),
    ):
        failure = await refusal(call)
        assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        assert (failure.reason, failure.fields) == ("MODIFY_TIME_INVALID", ["header.modify_time"])
        assert failure.message == f"A file can't have been modified at that time: {why}."
        assert failure.infos[0].metadata["value"] == str(value)
    assert await sources(world) == []
    assert not (await world.images.ListImages(pb.ListImagesRequest())).images


@pytest.mark.parametrize(
    "time", [Timestamp(seconds=253_402_300_799, nanos=999_999_999), Timestamp(seconds=-62_135_596_800)]
)
async def test_the_first_and_the_last_time_are_kept_with_a_place_and_ignored_without(
    world: World, time: Timestamp
) -> None:
    for uri in ("", PLACE):
        header = pb.ImageHeader(source_uri=uri, modify_time=time)
        await world.images.IndexImageBytes(pb.IndexImageBytesRequest(header=header, content=world.script.photo()))
    (source,) = (await world.images.ListSources(pb.ListSourcesRequest())).sources
    assert source.modify_time == Timestamp(seconds=time.seconds, nanos=time.nanos // 1000 * 1000)

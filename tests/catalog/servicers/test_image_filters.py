from collections.abc import Awaitable

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.image_service_pb2 import ImageFilter, ListImagesRequest
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.conftest import World
from tests.serving import Failure, failure_of


async def refusal(call: Awaitable[object]) -> Failure:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return failure_of(caught.value)


async def found(world: World, expression: str, order_by: str = "", **filters: str) -> list[str]:
    """Return the names of all images that a filter finds, one on a page."""
    request = ListImagesRequest(
        filter=ImageFilter(expression=expression, **filters),
        order_by=order_by,
        page_size=1,
        read_mask=FieldMask(paths=["name"]),
    )
    names: list[str] = []
    while True:
        page = await world.images.ListImages(request)
        names += [image.name for image in page.images]
        if not page.next_page_token:
            return names
        request.page_token = page.next_page_token


async def test_images_are_found_by_who_and_what_is_on_them(world: World) -> None:
    photos = {
        "both": (("anna", "bob"), ("cat",)),
        "alone": (("anna",), ()),
        "dog": (("anna", "bob"), ("cat", "dog")),
        "more": (("anna",), ("dog",)),
        "nobody": ((), ("cat",)),
    }
    both, alone, dog, more, nobody = [
        (await world.index(world.script.photo(*who, objects=what))).name for who, what in photos.values()
    ]
    people = (await world.people.ListPeople(people_pb.ListPeopleRequest())).people
    for person, name in zip(people, ("Anna", "Bob"), strict=True):
        named = Person(name=person.name, display_name=name)
        await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=named))
    first = people[0].name
    assert await found(world, "people:anna people:bob") == [both, dog]
    assert await found(world, "people:A* OR people:bob") == [both, alone, dog, more]
    assert await found(world, "alone(Anna)") == [alone, more]
    assert await found(world, "alone(Anna, Bob)") == [both, dog]
    assert await found(world, f"people:{first} -objects:cat") == [alone, more]
    assert await found(world, "people:nobody") == []
    assert await found(world, "NOT people:*", "create_time desc") == [nobody]
    assert await found(world, "person_count = 2 objects:dog") == [dog]
    assert await found(world, "ann", "create_time desc") == [more, dog, alone, both]
    assert await found(world, "size_bytes > 0", "create_time desc") == [nobody, more, dog, alone, both]
    # What the other fields of a filter say has to be met as well.
    assert await found(world, "objects:dog", person=first) == [dog, more]


@pytest.mark.parametrize(
    ("expression", "position"),
    [("objects:dog AND", "16"), ("people:libraries/other/people/6by6b273ff34", "8"), ("a.b.c = 3", "1")],
)
async def test_a_filter_that_is_none_is_refused_with_its_place(world: World, expression: str, position: str) -> None:
    failure = await refusal(world.images.ListImages(ListImagesRequest(filter=ImageFilter(expression=expression))))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "FILTER_INVALID")
    assert (failure.fields, failure.infos[0].metadata["position"]) == (["filter.expression"], position)


async def test_a_filter_without_end_is_refused(world: World) -> None:
    expression = "a " * 2_001
    failure = await refusal(world.images.ListImages(ListImagesRequest(filter=ImageFilter(expression=expression))))
    assert (failure.reason, failure.fields) == ("FILTER_INVALID", ["filter.expression"])
    assert (failure.infos[0].metadata["limit"], failure.infos[0].metadata["value"]) == ("4000", "4002")


async def test_an_order_that_is_none_is_refused(world: World) -> None:
    failure = await refusal(world.images.ListImages(ListImagesRequest(order_by="beauty desc")))
    assert (failure.reason, failure.fields) == ("ORDER_INVALID", ["order_by"])


async def test_all_that_is_wrong_with_a_list_is_told_at_once(world: World) -> None:
    request = ListImagesRequest(filter=ImageFilter(expression="("), order_by=",", page_size=-1, page_token="?")  # noqa: S106
    failure = await refusal(world.images.ListImages(request))
    assert set(failure.fields) == {"filter.expression", "order_by", "page_size", "page_token"}


@pytest.mark.parametrize("other", [{"order_by": "size_bytes"}, {"filter": ImageFilter(expression="-objects:dog")}])
async def test_a_page_token_serves_its_own_filter_and_order_only(world: World, other: dict[str, object]) -> None:
    for _ in range(2):
        await world.index(world.script.photo(objects=("cat",)))
    first = ListImagesRequest(filter=ImageFilter(expression="objects:cat"), order_by="capture_time", page_size=1)
    token = (await world.images.ListImages(first)).next_page_token
    request = ListImagesRequest(filter=first.filter, order_by=first.order_by, page_token=token)
    assert len((await world.images.ListImages(request)).images) == 1
    request.MergeFrom(ListImagesRequest(**other))  # type: ignore[arg-type]
    failure = await refusal(world.images.ListImages(request))
    assert (failure.reason, failure.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


@pytest.mark.parametrize("order_by", ["", "create_time desc", "capture_time", "size_bytes desc", "file_name"])
@pytest.mark.parametrize("expression", ["", "objects:cat"])
async def test_pages_can_be_turned_back(world: World, order_by: str, expression: str) -> None:
    for _ in range(5):
        await world.index(world.script.photo(objects=("cat",)))
    request = ListImagesRequest(filter=ImageFilter(expression=expression), order_by=order_by, page_size=2)
    pages = []
    while True:
        page = await world.images.ListImages(request)
        pages.append([image.name for image in page.images])
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert list(map(len, pages)) == [2, 2, 1]
    for expected in (pages[1], pages[0]):
        request.page_token = page.previous_page_token
        page = await world.images.ListImages(request)
        assert [image.name for image in page.images] == expected
    assert page.previous_page_token == ""
    request.page_token = page.next_page_token
    assert [image.name for image in (await world.images.ListImages(request)).images] == pages[1]
    # It serves its own list only, as the others do.
    request.order_by = "file_name desc"
    failure = await refusal(world.images.ListImages(request))
    assert failure.reason == "PAGE_TOKEN_INVALID"

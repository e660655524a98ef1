"""Labels of objects over the API: counted, listed in pages, and looked for though nobody has them."""

from albumen.catalog.v1 import image_service_pb2 as pb
from tests.catalog.asking import refusal
from tests.catalog.conftest import World


async def labels(world: World) -> list[tuple[str, int]]:
    answer = await world.images.ListLabels(pb.ListLabelsRequest())
    return [(item.label, item.image_count) for item in answer.labels]


async def test_labels_are_those_that_images_have_now(world: World) -> None:
    assert await labels(world) == []
    await world.index(world.script.photo(objects=("cat", "cat", "tie")))
    gone = await world.index(world.script.photo(objects=("cat", "dining table")))
    assert await labels(world) == [("cat", 2), ("dining table", 1), ("tie", 1)]
    await world.images.DeleteImage(pb.DeleteImageRequest(name=gone.name))
    assert await labels(world) == [("cat", 1), ("tie", 1)]


async def test_pages_of_labels_go_on_and_belong_to_their_library(world: World) -> None:
    await world.index(world.script.photo(objects=("a", "b", "c")))
    request = pb.ListLabelsRequest(page_size=2)
    first = await world.images.ListLabels(request)
    request.page_token = first.next_page_token
    second = await world.images.ListLabels(request)
    assert [[item.label for item in page.labels] for page in (first, second)] == [["a", "b"], ["c"]]
    assert second.next_page_token == ""
    request.parent = "libraries/trip"
    failure = await refusal(world.images.ListLabels(request))
    assert (failure.reason, failure.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def test_labels_of_no_library(world: World) -> None:
    failure = await refusal(world.images.ListLabels(pb.ListLabelsRequest(parent="libraries/nope")))
    assert failure.reason == "LIBRARY_NOT_FOUND"


async def test_a_label_that_no_image_has_is_no_error(world: World) -> None:
    await world.index(world.script.photo(objects=("cat",)))
    for label in ("catt", "Cat", "unicorn"):
        request = pb.ListImagesRequest(filter=pb.ImageFilter(labels=[label]))
        assert await world.images.ListImages(request) == pb.ListImagesResponse()

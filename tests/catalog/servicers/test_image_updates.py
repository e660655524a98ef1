"""What users say of images, over the API; and many images at once."""

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import Image
from services.common.limits import MAX_BATCH_IMAGES, MAX_DESCRIPTION_CHARS, MAX_TAG_CHARS, MAX_TAGS
from tests.catalog.asking import refusal
from tests.catalog.conftest import World

UNKNOWN = f"libraries/default/images/{'0' * 64}"


async def update(world: World, image: Image, *paths: str) -> Image:
    request = pb.UpdateImageRequest(image=image, update_mask=FieldMask(paths=paths) if paths else None)
    return (await world.images.UpdateImage(request)).image


async def test_what_users_say_is_answered_kept_and_found(world: World) -> None:
    image = await world.index(world.script.photo())
    other = await world.index(world.script.photo())
    said = Image(name=image.name, favorite=True, rating=4, description="At  the sea\r\nin May ", tags=["Été ", "beach"])
    now = await update(world, said)
    assert (now.favorite, now.rating, now.description) == (True, 4, "At  the sea\nin May")
    assert list(now.tags) == ["beach", "Été"]
    assert now.etag != image.etag
    assert (await world.images.GetImage(pb.GetImageRequest(name=image.name))).image == now
    for text in ("favorite = true", "rating >= 4", "tags:beach", "tags:ÉTÉ", "description:sea", "sea", "beach"):
        found = await world.images.ListImages(pb.ListImagesRequest(filter=pb.ImageFilter(expression=text)))
        assert [one.name for one in found.images] == [image.name], text
    masked = pb.GetImageRequest(name=image.name, read_mask=FieldMask(paths=["tags"]))
    assert (await world.images.GetImage(masked)).image == Image(tags=["beach", "Été"])
    assert (await world.images.GetImage(pb.GetImageRequest(name=other.name))).image == other


async def test_a_mask_says_what_changes_and_what_is_taken_away(world: World) -> None:
    image = await world.index(world.script.photo())
    await update(world, Image(name=image.name, favorite=True, rating=4, description="x", tags=["a"]))
    now = await update(world, Image(name=image.name, rating=2), "favorite", "tags")
    assert (now.favorite, now.rating, now.description, list(now.tags)) == (False, 4, "x", [])
    now = await update(world, Image(name=image.name), "*")
    assert (now.favorite, now.rating, now.description, list(now.tags)) == (False, 0, "", [])
    assert (await update(world, Image(name=image.name), "*")).etag == now.etag, "nothing was changed"


async def test_tags_that_differ_in_case_alone_are_one(world: World) -> None:
    image = await world.index(world.script.photo())
    now = await update(world, Image(name=image.name, tags=["Sea", "SEA", "Straße", "STRASSE", "E\u0301te", "éte"]))
    assert list(now.tags) == ["Sea", "Straße", "Éte"]


async def test_an_image_in_the_trash_can_be_spoken_of(world: World) -> None:
    image = await world.index(world.script.photo())
    await world.images.DeleteImage(pb.DeleteImageRequest(name=image.name))
    assert (await update(world, Image(name=image.name, favorite=True))).favorite


async def test_what_was_said_goes_on_with_an_edited_file(world: World) -> None:
    header = pb.ImageHeader(source_uri="file:///a.jpg")
    requests = [pb.IndexImageBytesRequest(header=header, content=world.script.photo()) for _ in range(2)]
    first = (await world.images.IndexImageBytes(requests[0])).image
    await update(world, Image(name=first.name, favorite=True, rating=5, description="x", tags=["a", "b"]))
    second = await world.images.IndexImageBytes(requests[1])
    assert second.replaced_image == first.name
    said = second.image
    assert (said.favorite, said.rating, said.description, list(said.tags)) == (True, 5, "x", ["a", "b"])
    assert (await world.images.GetImage(pb.GetImageRequest(name=said.name))).image == said


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        (Image(rating=6), "RATING_OUT_OF_RANGE", "image.rating"),
        (Image(rating=-1), "RATING_OUT_OF_RANGE", "image.rating"),
        (Image(description="x" * (MAX_DESCRIPTION_CHARS + 1)), "DESCRIPTION_TOO_LONG", "image.description"),
        (Image(description="a\0b"), "DESCRIPTION_INVALID", "image.description"),
        (Image(description="a\u202eb"), "DESCRIPTION_INVALID", "image.description"),
        (Image(tags=[str(number) for number in range(MAX_TAGS + 1)]), "TOO_MANY_TAGS", "image.tags"),
        (Image(tags=["ok", "x" * (MAX_TAG_CHARS + 1)]), "TAG_TOO_LONG", "image.tags[1]"),
        (Image(tags=[" "]), "TAG_INVALID", "image.tags[0]"),
        (Image(tags=["a\nb"]), "TAG_INVALID", "image.tags[0]"),
        (Image(tags=["a\u200bb"]), "TAG_INVALID", "image.tags[0]"),
    ],
)
async def test_what_can_not_be_said(world: World, said: Image, reason: str, field: str) -> None:
    image = await world.index(world.script.photo())
    said.name = image.name
    failure = await refusal(world.images.UpdateImage(pb.UpdateImageRequest(image=said)))
    assert (failure.reason, failure.fields) == (reason, [field])
    assert (await world.images.GetImage(pb.GetImageRequest(name=image.name))).image == image


async def test_what_is_as_long_as_can_be_is_taken(world: World) -> None:
    image = await world.index(world.script.photo())
    tags = [f"{number:0100d}" for number in range(MAX_TAGS)]
    now = await update(world, Image(name=image.name, description="e\u0301" * MAX_DESCRIPTION_CHARS, tags=tags))
    assert (len(now.description), list(now.tags)) == (MAX_DESCRIPTION_CHARS, tags)


async def test_wrong_updates(world: World) -> None:
    image = await world.index(world.script.photo())
    wrong = (
        (pb.UpdateImageRequest(), "RESOURCE_NAME_INVALID"),
        (pb.UpdateImageRequest(image=Image(name=UNKNOWN)), "IMAGE_NOT_FOUND"),
        (pb.UpdateImageRequest(image=Image(name=image.name, etag="old", rating=1)), "ETAG_MISMATCH"),
        (pb.UpdateImageRequest(image=image, update_mask=FieldMask(paths=["file_name"])), "UPDATE_MASK_INVALID"),
    )
    for request, reason in wrong:
        assert (await refusal(world.images.UpdateImage(request))).reason == reason


async def test_many_images_at_once_each_or_why_not(world: World) -> None:
    one, other = [await world.index(world.script.photo()) for _ in range(2)]
    await world.images.DeleteImage(pb.DeleteImageRequest(name=other.name))
    names = [other.name, UNKNOWN, one.name, one.name]
    request = pb.BatchGetImagesRequest(names=names, read_mask=FieldMask(paths=["name", "rating"]))
    results = (await world.images.BatchGetImages(request)).results
    assert [result.image.name for result in results] == [other.name, "", one.name, one.name]
    assert "no image" in results[1].error.message


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (pb.BatchGetImagesRequest(), "IMAGES_EMPTY", "names"),
        (pb.BatchGetImagesRequest(names=[UNKNOWN] * (MAX_BATCH_IMAGES + 1)), "TOO_MANY_IMAGES", "names"),
        (pb.BatchGetImagesRequest(names=["libraries/a/images/x"]), "RESOURCE_NAME_INVALID", "names[0]"),
        (
            pb.BatchGetImagesRequest(names=[UNKNOWN], read_mask=FieldMask(paths=["x"])),
            "READ_MASK_INVALID",
            "read_mask",
        ),
    ],
)
async def test_wrong_batches(world: World, request_: pb.BatchGetImagesRequest, reason: str, field: str) -> None:
    failure = await refusal(world.images.BatchGetImages(request_))
    assert (failure.reason, failure.fields) == (reason, [field])

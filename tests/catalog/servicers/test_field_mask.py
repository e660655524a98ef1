import copy

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.person_pb2 import Person
from albumen.types.v1.geometry_pb2 import BoundingBox
from services.catalog.servicers.field_mask import ReadMask, fields_to_update
from services.common.errors import InvalidArgumentError, Reason

FACE = Face(name="f", person="p", embedding=b"e", box=BoundingBox(left=1, top=2))


def test_without_a_mask_the_default_fields_are_sent() -> None:
    mask = ReadMask(FieldMask(), Face, {"name", "box"})
    assert mask.apply(copy.copy(FACE)) == Face(name="f", box=BoundingBox(left=1, top=2))
    assert not mask.wants("embedding")


def test_a_star_means_every_field() -> None:
    mask = ReadMask(FieldMask(paths=["*"]), Face, {"name"})
    assert mask.apply(copy.copy(FACE)) == FACE
    assert mask.wants("embedding")


def test_fields_that_are_asked_for_are_sent() -> None:
    mask = ReadMask(FieldMask(paths=["box", "embedding"]), Face, {"name"})
    assert mask.apply(copy.copy(FACE)) == Face(embedding=b"e", box=BoundingBox(left=1, top=2))
    assert (mask.wants("box"), mask.wants("name")) == (True, False)


@pytest.mark.parametrize("path", ["nothing", "box.left", "box.nothing", "name.x", "", "*,name"])
def test_a_path_that_cannot_be_read_is_refused_with_those_that_can(path: str) -> None:
    with pytest.raises(InvalidArgumentError, match="Ask for any of name, image, person, pinned, ") as caught:
        ReadMask(FieldMask(paths=["name", path]), Face)
    assert (caught.value.reason, caught.value.field) == (Reason.READ_MASK_INVALID, "read_mask")
    assert "thumbnail" in caught.value.metadata["limit"].split(",")
    assert caught.value.metadata["value"] == path


def test_a_mask_of_a_million_paths_is_refused_before_they_are_looked_at() -> None:
    many = FieldMask(paths=["x" * 20] * 1_000_000)
    with pytest.raises(InvalidArgumentError, match="1,000,000 paths, more than the limit of 100") as read:
        ReadMask(many, Face)
    with pytest.raises(InvalidArgumentError) as update:
        fields_to_update(many, Person(), {"display_name"})
    assert (read.value.reason, update.value.reason) == (Reason.READ_MASK_INVALID, Reason.UPDATE_MASK_INVALID)
    assert read.value.metadata == {"limit": "100", "value": "1000000"}


def test_an_update_without_a_mask_changes_what_is_set() -> None:
    assert fields_to_update(FieldMask(), Person(name="p", hidden=True), {"display_name", "hidden"}) == {"hidden"}


def test_an_update_mask_can_clear_a_field() -> None:
    mask = FieldMask(paths=["display_name"])
    assert fields_to_update(mask, Person(), {"display_name", "hidden"}) == {"display_name"}


def test_an_update_of_an_output_field_is_refused() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        fields_to_update(FieldMask(paths=["face_count"]), Person(), {"display_name"})
    assert (caught.value.reason, caught.value.field) == (Reason.UPDATE_MASK_INVALID, "update_mask")


def test_every_path_that_is_wrong_is_named() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^'soul, mind' can't be read") as read:
        ReadMask(FieldMask(paths=["soul", "name", "mind"]), Face)
    with pytest.raises(InvalidArgumentError, match=r"^'etag, face_count' can't be updated") as update:
        fields_to_update(FieldMask(paths=["etag", "hidden", "face_count"]), Person(), {"hidden"})
    assert (read.value.metadata["value"], update.value.metadata["value"]) == ("soul, mind", "etag, face_count")

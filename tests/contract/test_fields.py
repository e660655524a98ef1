import re

import pytest
from google.api import field_behavior_pb2, field_info_pb2, resource_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

from tests.contract.descriptors import Field, fields, files, messages, sent_by_clients

FIELDS = list(fields())
FILES = pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
RESOURCES = {
    message.options.Extensions[resource_pb2.resource].type: message.name
    for message in messages().values()
    if message.options.HasExtension(resource_pb2.resource)
}


def _of(*names: str) -> list[Field]:
    found = [field for field in FIELDS if field.proto.name in names]
    assert found, f"no field is called {names}"
    return found


def test_every_count_is_an_int32() -> None:
    counts = [field for field in FIELDS if re.search(r"_count(_|$)", field.proto.name)]
    assert len(counts) > 10
    assert {field.path for field in counts if field.proto.type != FieldDescriptorProto.TYPE_INT32} == set()


def test_every_size_in_bytes_is_an_int64() -> None:
    assert {field.proto.type for field in _of("size_bytes")} == {FieldDescriptorProto.TYPE_INT64}


def test_the_bytes_of_a_picture_are_content_wherever_a_client_sends_them() -> None:
    sent = sent_by_clients()
    names = {
        field.proto.name
        for field in FIELDS
        if field.message in sent and field.proto.type == FieldDescriptorProto.TYPE_BYTES
    }
    # An output of a resource, pixels and a vector are no picture files.
    assert names - {"cover_thumbnail", "rgb", "embedding"} == {"content"}


def test_every_request_id_is_a_uuid_beside_a_rehearsal() -> None:
    for field in _of("request_id"):
        assert field.option(field_info_pb2.field_info).format == field_info_pb2.FieldInfo.UUID4, field.path
        assert "validate_only" in {other.name for other in messages()[field.message].field}, field.path


def test_every_resource_name_says_of_which_resource() -> None:
    for field in FIELDS:
        resource = messages()[field.message].options.HasExtension(resource_pb2.resource)
        is_own_name = resource and field.proto.name == "name"
        is_name = field.proto.name in {"name", "names", "parent"} or "`libraries/{library}" in field.comment
        if is_own_name or not is_name or field.proto.type != FieldDescriptorProto.TYPE_STRING:
            continue
        reference = field.option(resource_pb2.resource_reference)
        assert (reference.type or reference.child_type) in RESOURCES, field.path


def test_the_name_of_a_resource_is_its_identifier() -> None:
    assert len(RESOURCES) >= 8
    for kind, message in RESOURCES.items():
        assert kind == f"albumen.internal/{message}"
        (name,) = (field for field in _of("name") if field.message == f"albumen.catalog.v1.{message}")
        assert list(name.option(field_behavior_pb2.field_behavior)) == [field_behavior_pb2.IDENTIFIER]


def test_every_field_that_a_client_sends_says_whether_it_must() -> None:
    sent = sent_by_clients()
    assert "albumen.catalog.v1.ImageFilter" in sent
    silent = {
        field.path for field in FIELDS if field.message in sent and not field.option(field_behavior_pb2.field_behavior)
    }
    assert silent == set()


@FILES
def test_a_file_names_its_package_in_every_language(file: FileDescriptorProto) -> None:
    area = file.package.split(".")[1]
    title = "".join(word.capitalize() for word in file.name.split("/")[-1].removesuffix(".proto").split("_"))
    options = file.options
    assert options.go_package == f"albumen.internal/go/albumen/{area}/v1;{area}v1"
    assert (options.java_package, options.java_outer_classname) == (file.package, f"{title}Proto")
    assert options.java_multiple_files
    assert options.csharp_namespace == f"Albumen.{area.capitalize()}.V1"

import json
from collections.abc import Callable

import pytest
from google.api import annotations_pb2, client_pb2

from tests.contract.descriptors import Method, messages, methods
from tools.protoc import ROOT

# What a client may not repeat by itself, because a repetition changes something or answers otherwise. With request_id
# an edit may be repeated, which no service config can know.
UNSAFE = {
    "albumen.catalog.v1.ImageService/DeleteImage",
    "albumen.catalog.v1.ImageService/ForgetSources",
    "albumen.catalog.v1.ImageService/IndexImage",  # a stream, of which gRPC would have to keep every byte
    "albumen.catalog.v1.LibraryService/CreateLibrary",
    "albumen.catalog.v1.LibraryService/DeleteLibrary",
    "albumen.catalog.v1.LibraryService/ReclusterLibrary",
    "albumen.catalog.v1.PeopleEditService/MergePeople",
    "albumen.catalog.v1.PeopleEditService/ReassignFaces",
    "albumen.catalog.v1.PeopleEditService/SeparatePeople",
    "albumen.catalog.v1.PeopleEditService/SplitPerson",
    "albumen.catalog.v1.PeopleEditService/UndoEdit",
    "albumen.catalog.v1.PeopleService/UpdatePerson",
}
# A service has two models at most.
UNPAGED = {"ListModels"}


def _each(wanted: Callable[[Method], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("method", list(filter(wanted, methods())), ids=lambda method: method.path)


def _is_paged(method: Method) -> bool:
    return method.proto.name.startswith(("List", "Suggest")) and method.proto.name not in UNPAGED


def _retried() -> set[str]:
    config = json.loads((ROOT / "services/common/wire/service_config.json").read_text())
    names = [name for entry in config["methodConfig"] if "retryPolicy" in entry for name in entry["name"]]
    whole = {name["service"] for name in names if "method" not in name}
    single = {f"{name['service']}/{name['method']}" for name in names if "method" in name}
    return single | {method.path for method in methods() if method.service in whole}


def test_every_method_is_retried_by_the_service_config_or_known_to_be_unsafe() -> None:
    assert _retried() | UNSAFE == {method.path for method in methods()}
    assert not _retried() & UNSAFE


@_each(lambda method: not method.proto.client_streaming)
def test_a_method_has_a_signature_and_an_http_path(method: Method) -> None:
    assert method.option(annotations_pb2.http).WhichOneof("pattern")
    requested = messages()[method.proto.input_type.lstrip(".")]
    known = {field.name for field in requested.field}
    (signature,) = method.option(client_pb2.method_signature)
    assert set(signature.split(",")) - {""} <= known


@_each(lambda _: True)
def test_a_method_says_how_it_fails(method: Method) -> None:
    assert "Errors: " in method.comment


@_each(_is_paged)
def test_a_list_has_pages(method: Method) -> None:
    requested, answered = (messages()[kind.lstrip(".")] for kind in (method.proto.input_type, method.proto.output_type))
    assert {"page_size", "page_token"} <= {field.name for field in requested.field}
    assert "next_page_token" in {field.name for field in answered.field}

from collections.abc import Callable

import pytest
from google.api import annotations_pb2, client_pb2

from tests.contract.descriptors import Method, messages, methods

# A service has two models at most.
UNPAGED = {"ListModels"}


def _each(wanted: Callable[[Method], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "method", [method for method in methods() if wanted(method)], ids=lambda method: method.path
    )


def _is_paged(method: Method) -> bool:
    return method.proto.name.startswith(("List", "Suggest")) and method.proto.name not in UNPAGED


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

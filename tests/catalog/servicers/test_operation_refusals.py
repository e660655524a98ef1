"""What is refused of operations over the wire."""

from typing import Any

import pytest
from google.longrunning import operations_pb2 as lro
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2

from albumen.catalog.v1 import library_service_pb2 as pb
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.servicers.operating import LIBRARY_PATH, NONE, listed


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("beauty = 1", "1"),
        ("done", "1"),
        ("done > true", "1"),
        ("done = perhaps", "8"),
        ("state = asleep", "9"),
        ("kind = x AND (", "15"),
        ("near(1, 2)", "1"),
        ("'; DROP TABLE image; --", "1"),
    ],
)
async def test_filters_that_mean_nothing_are_refused_with_their_position(
    world: World, text: str, position: str
) -> None:
    failure = await refusal(listed(world, filter=text))
    assert (failure.code, failure.reason, failure.fields) == (code_pb2.INVALID_ARGUMENT, "FILTER_INVALID", ["filter"])
    assert failure.infos[0].metadata["position"] == position


@pytest.mark.parametrize(
    ("call", "request_", "code", "reason", "field"),
    [
        ("GetOperation", lro.GetOperationRequest(), 3, "RESOURCE_NAME_INVALID", "name"),
        ("GetOperation", lro.GetOperationRequest(name="operations/x"), 3, "RESOURCE_NAME_INVALID", "name"),
        (
            "GetOperation",
            lro.GetOperationRequest(name=NONE.replace("operations", "x")),
            3,
            "RESOURCE_NAME_INVALID",
            "name",
        ),
        ("GetOperation", lro.GetOperationRequest(name=NONE), 5, "OPERATION_NOT_FOUND", None),
        (
            "GetOperation",
            lro.GetOperationRequest(name="libraries/x/operations/" + "y" * 9_000),
            5,
            "OPERATION_NOT_FOUND",
            None,
        ),
        ("CancelOperation", lro.CancelOperationRequest(name="wrong"), 3, "RESOURCE_NAME_INVALID", "name"),
        ("CancelOperation", lro.CancelOperationRequest(name=NONE), 5, "OPERATION_NOT_FOUND", None),
        ("DeleteOperation", lro.DeleteOperationRequest(name="wrong"), 3, "RESOURCE_NAME_INVALID", "name"),
        ("DeleteOperation", lro.DeleteOperationRequest(name=NONE), 5, "OPERATION_NOT_FOUND", None),
        ("WaitOperation", lro.WaitOperationRequest(name=NONE), 5, "OPERATION_NOT_FOUND", None),
        (
            "WaitOperation",
            lro.WaitOperationRequest(name=NONE, timeout=Duration(seconds=-1)),
            3,
            "TIMEOUT_INVALID",
            "timeout",
        ),
        ("ListOperations", lro.ListOperationsRequest(name="wrong"), 3, "RESOURCE_NAME_INVALID", "name"),
        ("ListOperations", lro.ListOperationsRequest(name=LIBRARY_PATH), 5, "LIBRARY_NOT_FOUND", None),
        ("ListOperations", lro.ListOperationsRequest(page_size=-1), 3, "PAGE_SIZE_INVALID", "page_size"),
        ("ListOperations", lro.ListOperationsRequest(page_token="x"), 3, "PAGE_TOKEN_INVALID", "page_token"),  # noqa: S106
        ("ListOperations", lro.ListOperationsRequest(filter="kind = " + "x" * 4_000), 3, "FILTER_INVALID", "filter"),
    ],
)
async def test_wrong_requests_are_refused(
    world: World, call: str, request_: object, code: int, reason: str, field: str | None
) -> None:
    failure = await refusal(getattr(world.operations, call)(request_))
    assert (failure.code, failure.reason) == (code, reason)
    assert failure.fields == ([] if field is None else [field])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "wrong"}, "RESOURCE_NAME_INVALID"),
        ({"name": LIBRARY_PATH}, "LIBRARY_NOT_FOUND"),
        ({"eps": 2.0}, "PARAMETER_OUT_OF_RANGE"),
        ({"min_samples": 1}, "PARAMETER_OUT_OF_RANGE"),
        ({"request_id": "1"}, "REQUEST_ID_INVALID"),
    ],
)
async def test_what_is_wrong_is_refused_before_anything_is_begun(
    world: World, fields: dict[str, Any], reason: str
) -> None:
    failure = await refusal(world.libraries.StartReclustering(pb.StartReclusteringRequest(**fields)))
    assert failure.reason == reason
    assert await listed(world, name="libraries/-") == []

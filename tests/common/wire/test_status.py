import inspect

import pytest
from google.rpc import code_pb2
from google.rpc.status_pb2 import Status
from hypothesis import given
from hypothesis import strategies as st

from services.common import errors
from services.common.errors import (
    AlbumenError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    Violation,
)
from services.common.wire.status import from_status, to_status
from tests.serving import Failure

TYPES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, AlbumenError) and kind is not AlbumenError
]


FIGURES = st.dictionaries(st.text("abcdefghij_", min_size=1, max_size=5), st.text(max_size=5), max_size=3)
VIOLATIONS = st.builds(
    Violation, st.sampled_from(Reason), st.text(min_size=1, max_size=20), st.text(max_size=50), FIGURES
)


@given(
    kind=st.sampled_from(TYPES),
    reason=st.sampled_from(Reason),
    message=st.text(max_size=50),
    resource=st.none() | st.text(min_size=1, max_size=20),
    retry_after=st.none() | st.integers(0, 10_000).map(lambda milliseconds: milliseconds / 1000),
    metadata=FIGURES,
)
def test_an_error_survives_the_wire(
    kind: type[AlbumenError],
    reason: Reason,
    message: str,
    resource: str | None,
    retry_after: float | None,
    metadata: dict[str, str],
) -> None:
    error = kind(reason, message, resource=resource, retry_after=retry_after, metadata=metadata)
    again = from_status(Status.FromString(to_status(error).SerializeToString()))
    assert type(again) is kind
    assert vars(again) == vars(error)


@given(violations=st.lists(VIOLATIONS, min_size=1, max_size=4))
def test_all_violations_of_a_request_survive_the_wire(violations: list[Violation]) -> None:
    first = violations[0]
    error = InvalidArgumentError(first.reason, first.message, violations=violations, metadata=first.metadata)
    again = from_status(Status.FromString(to_status(error).SerializeToString()))
    assert again.violations == tuple(violations)
    assert vars(again) == vars(error)


def test_one_field_is_short_for_one_violation() -> None:
    metadata = {"limit": "5", "value": "6"}
    error = InvalidArgumentError(Reason.FEATURE_INVALID, "No.", field="features", metadata=metadata)
    assert error.violations == (Violation(Reason.FEATURE_INVALID, "features", "No.", metadata),)
    (violation,) = Failure(to_status(error)).violations
    assert (violation.field, violation.reason, violation.description) == ("features", "FEATURE_INVALID", "No.")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("libraries/default", "albumen.internal/Library"),
        ("libraries/default/images/abc", "albumen.internal/Image"),
        ("libraries/default/faces/1", "albumen.internal/Face"),
        ("libraries/default/people/p", "albumen.internal/Person"),
        ("libraries/images/edits/1", "albumen.internal/Edit"),
        ("something else", ""),
    ],
)
def test_a_resource_is_named_with_its_type(name: str, kind: str) -> None:
    failure = Failure(to_status(NotFoundError(Reason.FACE_NOT_FOUND, "Gone.", resource=name)))
    assert (failure.resources, failure.resource_types) == ([name], [kind])


def test_a_status_has_one_error_info_and_only_the_details_that_apply() -> None:
    bare = Failure(to_status(InternalError(Reason.INTERNAL, "failed")))
    assert (bare.reason, bare.fields, bare.resources, bare.delays) == ("INTERNAL", [], [], [])
    full = Failure(to_status(ResourceExhaustedError(Reason.OVERLOADED, "full", retry_after=1.5)))
    assert (full.code, full.reason, full.delays) == (code_pb2.RESOURCE_EXHAUSTED, "OVERLOADED", [1500])


@pytest.mark.parametrize("code", [code_pb2.UNIMPLEMENTED, code_pb2.DATA_LOSS, code_pb2.CANCELLED])
def test_a_foreign_status_becomes_an_internal_error(code: int) -> None:
    assert type(from_status(Status(code=code, message="theirs"))) is InternalError


def test_every_error_type_has_a_code_of_its_own() -> None:
    codes = [to_status(kind(Reason.INTERNAL, "")).code for kind in TYPES]
    assert len(set(codes)) == len(TYPES)

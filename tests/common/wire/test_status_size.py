import pytest
from google.rpc.status_pb2 import Status

from services.common.errors import InvalidArgumentError, Reason, Violation
from services.common.wire.status import from_status, to_status
from services.common.wire.status_size import MAX_TRAILER_BYTES, trailer_bytes


@pytest.mark.parametrize("letter", ["a", "ß", "\U0001f642", "\x00", "%"])
@pytest.mark.parametrize("length", [5_000, 1_000_000])
def test_a_status_fits_the_trailers_whatever_its_texts_are(letter: str, length: int) -> None:
    text = letter * length
    violations = [
        Violation(Reason.RESOURCE_NAME_INVALID, f"names[{index}].{text}", text, {"limit": text, "value": text})
        for index in range(3)
    ]
    error = InvalidArgumentError(
        Reason.RESOURCE_NAME_INVALID,
        text,
        violations=violations,
        resource=text,
        retry_after=1.5,
        metadata={"limit": text, "value": text, text: text},
    )
    status = to_status(error)
    assert trailer_bytes(status) <= MAX_TRAILER_BYTES
    again = from_status(Status.FromString(status.SerializeToString()))
    assert type(again) is InvalidArgumentError
    assert (again.reason, again.retry_after) == (Reason.RESOURCE_NAME_INVALID, 1.5)
    assert again.message[:100] == text[:100]
    assert (again.resource or "")[:40] == text[:40]
    assert again.field is not None
    assert again.field.startswith("names[0].")
    assert again.metadata["limit"][:10] == text[:10]


def test_thousands_of_violations_leave_the_first_ones() -> None:
    violations = [
        Violation(Reason.RESOURCE_NAME_INVALID, f"names[{index}]", "It is no name.", {"value": str(index)})
        for index in range(10_000)
    ]
    status = to_status(InvalidArgumentError(Reason.RESOURCE_NAME_INVALID, "It is no name.", violations=violations))
    assert trailer_bytes(status) <= MAX_TRAILER_BYTES
    kept = [violation.field for violation in from_status(status).violations]
    assert len(kept) > 10
    assert kept == [f"names[{index}]" for index in range(len(kept))]


def test_a_usual_status_is_sent_as_it_is() -> None:
    error = InvalidArgumentError(Reason.IMAGE_EMPTY, "The image is empty. Send one.", field="content")
    assert vars(from_status(to_status(error))) == vars(error)

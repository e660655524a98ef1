import re

from services.common.errors import Reason
from tools.protos import PROTOS

# Of every method, or of none in particular: these need no mention at each.
UNIVERSAL = {
    Reason.INTERNAL, Reason.DEADLINE_EXCEEDED, Reason.REQUEST_MALFORMED, Reason.REQUEST_STALLED,
    Reason.RESPONSE_STALLED, Reason.REQUEST_TOO_LARGE,
}  # fmt: skip
CODES = {
    "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION", "ABORTED", "RESOURCE_EXHAUSTED",
    "UNAVAILABLE", "DEADLINE_EXCEEDED",
}  # fmt: skip


def _documented() -> set[str]:
    text = "\n".join(path.read_text() for path in (PROTOS / "albumen").rglob("*.proto"))
    comments = " ".join(re.findall(r"^\s*//(.*)$", text, re.MULTILINE))
    blocks = re.findall(r"\(((?:[A-Z][A-Z0-9_]+[,;]?\s*)+)\)", comments)
    reasons = {reason for block in blocks for reason in re.findall(r"[A-Z][A-Z0-9_]+", block)}
    return reasons - CODES - {"COCO", "EXIF"}


def test_every_documented_reason_exists() -> None:
    assert _documented() <= set(Reason)


def test_every_reason_is_documented() -> None:
    assert set(Reason) - UNIVERSAL <= _documented()

"""Values of rows as bytes, and back: JSON for what it can hold, with the BLOBs behind it."""

import json
from datetime import datetime
from typing import Any, Final

_LENGTH_BYTES: Final = 8
# Keys of the objects that stand for what JSON can't hold; rows themselves hold no objects.
_TIME: Final = "time"
_BLOB: Final = "blob"


def pack(values: object) -> bytes:
    """Return lists of lists as bytes; in them are texts, numbers, truth values, None, naive times and bytes."""
    blobs: list[bytes] = []

    def encode(value: object) -> dict[str, object]:
        if isinstance(value, datetime):
            return {_TIME: value.isoformat()}
        if isinstance(value, bytes):
            blobs.append(value)
            return {_BLOB: len(value)}
        raise TypeError(f"a row holds no {type(value).__name__}")

    text = json.dumps(values, default=encode, separators=(",", ":")).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + b"".join(blobs)


def unpack(packed: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    """Return what was packed, tuples as lists."""
    end = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES], "little")

    def decode(found: dict[str, Any]) -> object:
        nonlocal end
        if _TIME in found:
            return datetime.fromisoformat(found[_TIME])
        # Objects are decoded in the order of the text, and so of the bytes.
        start, end = end, end + found[_BLOB]
        return packed[start:end]

    return json.loads(packed[_LENGTH_BYTES:end], object_hook=decode)

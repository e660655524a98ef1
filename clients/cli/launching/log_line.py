"""The log of a service, read back for the person who started it."""

import json
from pathlib import Path
from typing import Final

_TAIL_BYTES: Final = 16 * 1024
_MAX_CHARS: Final = 400


def tail(path: Path, count: int) -> list[str]:
    """Return the last `count` lines of the log at `path`, which may still grow; none if it can't be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            data = file.read(_TAIL_BYTES)
    except OSError:
        return []
    lines = [line for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    return [describe(line) for line in lines[-count:]]


def describe(line: str) -> str:
    """Return what `line` says to people: what happened, of a service's JSON, or anything else as it is."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line[:_MAX_CHARS]
    if not isinstance(fields, dict) or "event" not in fields:
        return line[:_MAX_CHARS]
    event = str(fields["event"])
    # A traceback's last line is the exception; the rest stays in the file.
    exception = str(fields.get("exception", "")).strip().rsplit("\n", maxsplit=1)[-1]
    text = ": ".join(part for part in (event, str(fields.get("message", "")), exception) if part)
    return text[:_MAX_CHARS]

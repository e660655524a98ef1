"""The log of a service, read back for the person who started it."""

import json
from pathlib import Path
from typing import Final

_TAIL_BYTES: Final = 64 * 1024
_MAX_CHARS: Final = 400
_HARMLESS: Final = ("debug", "info")


def tail(path: Path, count: int) -> list[str]:
    """Return the last `count` lines of the log at `path`, which may still grow; none if it can't be read."""
    return [describe(line) for line in _last_lines(path)[-count:]]


def troubles(path: Path, count: int) -> list[str]:
    """Return those of the last lines of the log at `path` that tell of trouble, the last `count` of them."""
    return [describe(line) for line in _last_lines(path) if _is_trouble(line)][-count:]


def _last_lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - _TAIL_BYTES)
            # From the last byte before it on: what follows the first line break is whole.
            file.seek(max(0, start - 1))
            data = file.read(_TAIL_BYTES + 1)
    except OSError:
        return []
    if start:
        data = data.partition(b"\n")[2]
    return [line for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def _is_trouble(line: str) -> bool:
    """Return whether `line` is a warning or worse; what a service did not write as an event is the interpreter's."""
    try:
        fields = json.loads(line)
    except ValueError:
        return True
    return not isinstance(fields, dict) or fields.get("level") not in _HARMLESS


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

"""What a service may not write into its log: an error that no caller was told of, or what is no event at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SOUND: Final = {"debug", "info", "warning"}


def troubles_of_log(path: Path) -> Iterator[str]:
    """Yield the errors of a log, each kind once, and lines that are no events, such as those of a traceback.

    What a service does by itself, compacting for example, fails where no client sees it. A last line without an end is
    that of a process that was killed.
    """
    lines = path.read_text("utf-8", "replace").split("\n")[:-1]
    yield from dict.fromkeys(trouble for line in lines if (trouble := _trouble_of(line)))


def _trouble_of(line: str) -> str:
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict):
        return line
    # A time would make each of them another.
    return "" if fields.pop("level", "") in _SOUND else str({**fields, "timestamp": ""})

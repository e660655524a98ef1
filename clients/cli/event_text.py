"""What happened in a library, in words."""

from datetime import UTC
from typing import Final

from rich.text import Text

from albumen.catalog.v1 import event_pb2
from albumen.catalog.v1.event_pb2 import Event
from clients.cli.console import printable
from clients.cli.resolution import short_id

_CHANGES: Final = {
    event_pb2.CHANGE_KIND_CREATED: ("new", "green"),
    event_pb2.CHANGE_KIND_UPDATED: ("changed", "yellow"),
    event_pb2.CHANGE_KIND_DELETED: ("gone", "red"),
}
_KINDS: Final = {
    event_pb2.RESOURCE_KIND_LIBRARY: "library",
    event_pb2.RESOURCE_KIND_IMAGE: "photo",
    event_pb2.RESOURCE_KIND_PERSON: "person",
    event_pb2.RESOURCE_KIND_EDIT: "edit",
    event_pb2.RESOURCE_KIND_ALBUM: "album",
    event_pb2.RESOURCE_KIND_FOLDER: "folder",
}


def event_line(event: Event, time_format: str = "%H:%M:%S") -> Text:
    """Return when what happened to what, as one line."""
    time = event.event_time.ToDatetime(tzinfo=UTC).astimezone().strftime(time_format)
    change, style = _CHANGES.get(event.change, ("?", "dim"))
    name = short_id(event.resource) if event.resource else f"number {event.image_number}"
    line = Text(f"{time}  ", style="dim").append(f"{change:<8}", style=f"not dim {style}")
    return line.append(f"{_KINDS.get(event.resource_kind, 'other'):<8}", style="not dim").append(
        printable(name), style="not dim cyan"
    )

"""EventService: translates between messages and what happens in libraries."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC
from functools import partial
from typing import Final

from albumen.catalog.v1 import event_pb2
from albumen.catalog.v1 import event_service_pb2 as pb
from albumen.catalog.v1 import event_service_pb2_grpc as pb_grpc
from services.catalog.event_streams import EventStreams
from services.catalog.events import Change, Event, EventBatch, Position, Resource
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.records import Page
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import child_name, library_name, parse_library
from services.catalog.servicers.resume_token import decode_resume_token, place_of, resume_token
from services.common.checks import Checks
from services.common.wire.context import Context

_MAX_PAGE: Final = 1_000
_CHANGES: Final = {
    Change.CREATED: event_pb2.CHANGE_KIND_CREATED,
    Change.UPDATED: event_pb2.CHANGE_KIND_UPDATED,
    Change.DELETED: event_pb2.CHANGE_KIND_DELETED,
}
_RESOURCES: Final = {
    Resource.LIBRARY: (event_pb2.RESOURCE_KIND_LIBRARY, ""),
    Resource.IMAGE: (event_pb2.RESOURCE_KIND_IMAGE, "images"),
    Resource.PERSON: (event_pb2.RESOURCE_KIND_PERSON, "people"),
    Resource.EDIT: (event_pb2.RESOURCE_KIND_EDIT, "edits"),
    Resource.ALBUM: (event_pb2.RESOURCE_KIND_ALBUM, "albums"),
    Resource.FOLDER: (event_pb2.RESOURCE_KIND_FOLDER, "folders"),
}


class EventServicer(pb_grpc.EventServiceServicer):
    """Tells what happens in libraries.

    Args:
        libraries: leases them.
        streams: follows them.

    """

    def __init__(self, libraries: LibraryCalls, streams: EventStreams) -> None:
        self._libraries = libraries
        self._streams = streams

    async def WatchLibrary(
        self, request: pb.WatchLibraryRequest, context: Context
    ) -> AsyncIterator[pb.WatchLibraryResponse]:
        """Tell what happens in a library, until the caller ends the call."""
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        token = checks.run(decode_resume_token, request.resume_token)
        after = checks.run(place_of, token, library)
        checks.done()
        async with contextlib.aclosing(self._streams.follow(library, after)) as batches:
            async for batch in batches:
                yield pb.WatchLibraryResponse(
                    events=map(partial(event_message, library), batch.events),
                    resume_token=resume_token(library, batch.position),
                )

    async def ListEvents(self, request: pb.ListEventsRequest, context: Context) -> pb.ListEventsResponse:
        """List what happened in a library."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        token = checks.run(decode_resume_token, request.resume_token)
        after = checks.run(place_of, token, library)
        query = ("events", library, request.resume_token)
        page = PageRequest(checks, request, *query, most=_MAX_PAGE, key_types=(int, int))
        checks.done()

        def read(opened: Library) -> pb.ListEventsResponse:
            latest = opened.events.position()
            batch = EventBatch((), after or latest, more=False)

            def read_page(key: tuple[int, int] | None, limit: int) -> Page[Event, Position]:
                nonlocal batch
                batch = opened.events.read(after if key is None else Position(*key), limit)
                keys = tuple(event.position for event in batch.events)
                return Page(batch.events, keys, batch.position if batch.more else None)

            events, next_page_token = page.fill(read_page, partial(event_message, library))
            end = batch.position
            if next_page_token and events:
                end = Position(events[-1].sequence_number, events[-1].event_time.ToMicroseconds())
            return pb.ListEventsResponse(
                events=events,
                next_page_token=next_page_token,
                resume_token=resume_token(library, end),
                latest_resume_token=resume_token(library, latest),
            )

        return await self._libraries.run(library, read)


def event_message(library: str, event: Event) -> event_pb2.Event:
    """Return the message of an event."""
    kind, collection = _RESOURCES[event.resource]
    name = child_name(library, collection, event.name) if event.name else ""
    return event_pb2.Event(
        sequence_number=event.seq,
        change=_CHANGES[event.change],
        resource_kind=kind,
        resource=name if collection else library_name(library),
        image_number=event.number if event.resource is Resource.IMAGE else 0,
        event_time=timestamp(event.time.replace(tzinfo=UTC)),
    )

"""The part of the fake catalog that tells what happens."""

# ruff: noqa: N802

import threading
from collections.abc import Iterator

import grpc

from albumen.catalog.v1.event_service_pb2 import (
    ListEventsRequest,
    ListEventsResponse,
    WatchLibraryRequest,
    WatchLibraryResponse,
)
from albumen.catalog.v1.event_service_pb2_grpc import EventServiceServicer
from services.common.errors import AbortedError, AlbumenError, Reason
from tests.clients.fake_state import Faults


class FakeEventService(Faults, EventServiceServicer):
    def ListEvents(self, request: ListEventsRequest, context: grpc.ServicerContext) -> ListEventsResponse:
        """Tokens are the numbers of events that came before."""
        with self.rich(context):
            if request.resume_token == "old":  # noqa: S105 - no password
                raise AbortedError(Reason.EVENTS_EXPIRED, "What happened since then is not kept any more.")
        kept = self.state.events
        start = int(request.page_token or request.resume_token or 0)
        end = min(start + min(request.page_size, self.state.page_size), len(kept))
        return ListEventsResponse(
            events=kept[start:end],
            next_page_token=str(end) if end < len(kept) else "",
            resume_token=str(end),
            latest_resume_token=str(len(kept)),
        )

    def WatchLibrary(
        self, request: WatchLibraryRequest, context: grpc.ServicerContext
    ) -> Iterator[WatchLibraryResponse]:
        self.state.resumed.append(request.resume_token)
        for told in self.state.watches.pop(0):
            if isinstance(told, AlbumenError):
                with self.rich(context):
                    raise told
            yield told
        # As the real one: it goes on until the caller ends the call.
        ended = threading.Event()
        if context.add_callback(ended.set):
            ended.wait()

"""The part of the fake catalog that tells what happens."""

# ruff: noqa: N802

import threading
from collections.abc import Iterator

import grpc

from albumen.catalog.v1.event_service_pb2 import WatchLibraryRequest, WatchLibraryResponse
from albumen.catalog.v1.event_service_pb2_grpc import EventServiceServicer
from services.common.errors import AlbumenError
from tests.clients.fake_state import Faults


class FakeEventService(Faults, EventServiceServicer):
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

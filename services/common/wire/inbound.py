"""The bounds of what comes in to a server: calls, messages on their way, their sizes, and what the transport takes."""

from collections.abc import Callable, Mapping
from typing import Final

from services.common.limits import MEBIBYTE
from services.common.settings import ServiceSettings
from services.common.wire.arrivals import Arrivals
from services.common.wire.call_limit import CallLimit
from services.common.wire.health import HEALTH_SERVICE
from services.common.wire.method_bounds import MethodBounds

# All others, health and reflection, have bounds of their own.
OURS: Final = ("/albumen.", "/google.longrunning.")
# A message without an image is here within a round trip or two, so that few are on their way at a time.
PLAIN_PLACES: Final = 4
# Clients that share a home network with their server ping every 10 s or so to notice that it is gone.
MIN_PING_SECONDS: Final = 9.0
# So long after a peer was cut off, or its machine was suspended, its calls end.
KEEPALIVE_SECONDS: Final = 30.0
KEEPALIVE_TIMEOUT_SECONDS: Final = 10.0
MAX_CONNECTIONS: Final = 512
MAX_METADATA_BYTES: Final = 16 * 1024
# RFC 9113 advises against less; and a client begins before it knows how many it may.
_LEAST_STREAMS: Final = 100
# What is a little too large is refused by name and not by the transport.
_MARGIN_BYTES: Final = 256 * 1024


class Inbound:
    """What a server lets in.

    Args:
        settings: of the service.
        methods: bounds by the method's path, ``/package.Service/Method``; those not named have no images.
        borrowed: says how many bytes of the room for messages with images the application needs for a while.
        min_ping_seconds: clients that ping more often than this, with or without a call, are disconnected.

    Attributes:
        images: the messages with images that are on their way.

    """

    def __init__(
        self,
        settings: ServiceSettings,
        methods: Mapping[str, MethodBounds],
        *,
        borrowed: Callable[[], int] = lambda: 0,
        min_ping_seconds: float = MIN_PING_SECONDS,
    ) -> None:
        self._methods = methods
        self._min_ping_seconds = min_ping_seconds
        # As many as the two limits admit: those over them are refused by name, and do not wait within a client.
        self._streams = max(2 * settings.max_concurrent_calls, _LEAST_STREAMS)
        self._calls = CallLimit(settings.max_concurrent_calls)
        # A busy service must still answer whether it is alive.
        self._calls_of_others = CallLimit(settings.max_concurrent_calls)

        idle_seconds = settings.stream_idle_seconds
        self.images = Arrivals(
            settings.max_arriving,
            room=settings.arriving_memory_mib * MEBIBYTE,
            borrowed=borrowed,
            idle_seconds=idle_seconds,
        )
        self._plain, self._health, self._reflection = (
            Arrivals(PLAIN_PLACES, idle_seconds=idle_seconds) for _ in range(3)
        )

    def bounds_of(self, method: str) -> MethodBounds:
        """Return the bounds of a method."""
        return self._methods.get(method, MethodBounds())

    def calls_of(self, method: str) -> CallLimit:
        """Return the limit that a method's calls count for."""
        return self._calls if method.startswith(OURS) else self._calls_of_others

    def arrivals_of(self, method: str) -> Arrivals:
        """Return the places that a method's messages take while they are on their way."""
        if method.startswith(OURS):
            return self.images if self.bounds_of(method).has_images else self._plain
        return self._health if method.startswith(f"/{HEALTH_SERVICE}/") else self._reflection

    def close(self) -> None:
        """Wait no longer for clients that are silent: the server is shutting down."""
        for arrivals in (self.images, self._plain, self._health, self._reflection):
            arrivals.close()

    def options(self) -> list[tuple[str, int]]:
        """Return the options of the transport."""
        largest = max(bounds.message_bytes for bounds in (MethodBounds(), *self._methods.values()))
        ping = round(self._min_ping_seconds * 1000)
        return [
            ("grpc.max_receive_message_length", largest + _MARGIN_BYTES),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", MAX_METADATA_BYTES),
            ("grpc.max_concurrent_streams", self._streams),
            ("grpc.max_allowed_incoming_connections", MAX_CONNECTIONS),
            # Of a message that nobody reads yet, 64 KiB are taken: a transport that widens its window as it sees fit
            # takes up to 4 MiB of each. Whoever reads has the window of the whole message, so it is no slower.
            ("grpc.http2.bdp_probe", 0),
            # Two servers on one port would share its calls without a word.
            ("grpc.so_reuseport", 0),
            # By default a ping within five minutes of the last is a strike, and the third one ends every stream.
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_recv_ping_interval_without_data_ms", ping),
            ("grpc.http2.min_ping_interval_without_data_ms", ping),
            ("grpc.keepalive_time_ms", round(KEEPALIVE_SECONDS * 1000)),
            ("grpc.keepalive_timeout_ms", round(KEEPALIVE_TIMEOUT_SECONDS * 1000)),
        ]

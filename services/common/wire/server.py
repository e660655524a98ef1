"""A gRPC server around an application: it listens, reports health, answers reflection, and drains at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import grpc
import structlog
from grpc_health.v1 import health_pb2_grpc

from services.common.byte_budget import ByteBudget
from services.common.errors import AlbumenError
from services.common.settings import ServiceSettings
from services.common.tidying import SECONDS, Tidying
from services.common.upkeep import Upkeep
from services.common.wire.health import HEALTH_SERVICE, HealthServicer
from services.common.wire.inbound import MIN_PING_SECONDS, Inbound
from services.common.wire.interceptor import StatusInterceptor
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.reflection import Reflection

_log = structlog.get_logger("server")


# Adds a servicer to a server.
AddServicer = Callable[[grpc.aio.Server], None]


@dataclass(frozen=True, slots=True)
class Application:
    """What a server serves.

    Attributes:
        services: for each full gRPC service name, the call that adds its servicer to a server.
        start: brings the application to where it can serve; an exception says why it can't yet, and start is called
            again later.
        close: gives everything back; called once, after the last call has ended.
        methods: bounds of the methods whose requests hold images, by their path ``/package.Service/Method``.
        images: the bytes of images that the application holds; clients that are silent make room in it.
        end_streams: ends the streams that would last for as long as their clients wish; called once, before the drain.
        borrowed: says how many bytes of the room for messages with images the application needs for a while.
        tidy: gives back memory that is kept for images to come; called, in a thread, after bursts of them.
        reload: loads anew, on SIGHUP, what may have changed on disk; an `AlbumenError` says why that failed, and
            everything stays as it was.

    """

    services: Mapping[str, AddServicer]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    methods: Mapping[str, MethodBounds] = field(default_factory=dict)
    images: ByteBudget | None = None
    end_streams: Callable[[], None] = lambda: None
    borrowed: Callable[[], int] = lambda: 0
    tidy: Callable[[], None] = lambda: None
    reload: Callable[[], Awaitable[None]] | None = None


class Server:
    """An application behind a gRPC server with health and reflection.

    Args:
        settings: of the service.
        application: what it serves.
        min_ping_seconds: clients that ping more often than this, with or without a call, are disconnected.

    """

    def __init__(
        self, settings: ServiceSettings, application: Application, *, min_ping_seconds: float = MIN_PING_SECONDS
    ) -> None:
        self._settings = settings
        self._application = application
        self._health = HealthServicer(application.services)
        self._inbound = inbound = Inbound(
            settings, application.methods, borrowed=application.borrowed, min_ping_seconds=min_ping_seconds
        )
        if application.images is not None:
            application.images.relieve = inbound.images.relieve
        self._server = grpc.aio.server(interceptors=[StatusInterceptor(inbound)], options=inbound.options())
        for add in application.services.values():
            add(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        Reflection([*application.services, HEALTH_SERVICE]).add_to(self._server)
        images = application.images
        self._tidying = None if images is None else Upkeep(Tidying(images, application.tidy).look, seconds=SECONDS)
        self._starting: asyncio.Task[None] | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen, and start the application in the background.

        Raises:
            OSError: the address is taken or is not this machine's.

        """
        try:
            self.port = self._server.add_insecure_port(self._settings.listen)
        except RuntimeError as error:
            raise OSError(
                f"Can't listen on {self._settings.listen}: the port is taken or the address is wrong."
            ) from error
        await self._server.start()
        _log.info("listening", address=self._settings.listen, port=self.port)
        self._starting = asyncio.create_task(self._start_application())
        if self._tidying is not None:
            self._tidying.start()

    async def close(self) -> None:
        """Say NOT_SERVING, let the calls under way end, and give everything back."""
        self._health.close()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        self._inbound.close()
        self._application.end_streams()
        await self._server.stop(self._settings.drain_seconds)
        if self._tidying is not None:
            await self._tidying.stop()
        await self._application.close()
        _log.info("stopped")

    async def reload(self) -> None:
        """Load anew what may have changed on disk, as far as the application can."""
        if self._application.reload is None:
            return
        try:
            await self._application.reload()
        except AlbumenError as error:
            _log.warning("reload_failed", reason=str(error.reason), message=error.message)
        except Exception:  # noqa: BLE001 - as at the start; what was loaded before goes on
            _log.exception("reload_failed")

    async def _start_application(self) -> None:
        while True:
            try:
                await self._application.start()
            except AlbumenError as error:
                _log.warning("not_serving", reason=str(error.reason), message=error.message)
            except Exception:  # noqa: BLE001 - a fault of ours, but what caused it may pass, and the log must tell
                _log.exception("start_failed")
            else:
                self._health.report(serving=True)
                _log.info("serving")
                return
            await asyncio.sleep(self._settings.reload_seconds)

"""How a service lives: listen, start what it serves, report health, drain on SIGTERM, end."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.common.errors import AlbumenError
from services.common.limits import MESSAGE_OVERHEAD_BYTES
from services.common.logs import configure_logs
from services.common.native_output import NativeOutput
from services.common.settings import ServiceSettings
from services.common.start_error import StartError
from services.common.wire.interceptor import StatusInterceptor

_log = structlog.get_logger("server")


@dataclass(frozen=True, slots=True)
class Application:
    """What a server serves.

    Attributes:
        name: name of the service in logs, for example ``detector``.
        services: for each full gRPC service name, the call that adds its servicer to a server.
        start: brings the application to where it can serve; an `AlbumenError` says why it can't yet, and start is
            called again later.
        close: gives everything back; called once, after the last call has ended.
        max_receive_bytes: size of the largest message that the application accepts, in bytes.
        reload: loads anew, on SIGHUP, what may have changed on disk; an `AlbumenError` says why that failed, and
            everything stays as it was.

    """

    name: str
    services: Mapping[str, Callable[[grpc.aio.Server], None]]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    max_receive_bytes: int
    reload: Callable[[], Awaitable[None]] | None = None


class Server:
    """An application behind a gRPC server with health and reflection."""

    def __init__(self, settings: ServiceSettings, application: Application) -> None:
        self._settings = settings
        self._application = application
        self._health = health.aio.HealthServicer()
        self._server = grpc.aio.server(
            interceptors=[StatusInterceptor()],
            maximum_concurrent_rpcs=settings.max_concurrent_calls,
            options=[
                # Twice the limit, so that what is a little too large is refused by name and not by the transport.
                ("grpc.max_receive_message_length", 2 * application.max_receive_bytes + MESSAGE_OVERHEAD_BYTES),
                ("grpc.max_send_message_length", -1),
                # Two servers on one port would share its calls without a word.
                ("grpc.so_reuseport", 0),
            ],
        )
        for add in application.services.values():
            add(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (*application.services, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)
        self._starting: asyncio.Task[None] | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen, and start the application in the background.

        Raises:
            OSError: the address is taken or is not this machine's.

        """
        await self._report(health_pb2.HealthCheckResponse.NOT_SERVING)
        try:
            self.port = self._server.add_insecure_port(self._settings.listen)
        except RuntimeError as error:
            raise OSError(
                f"Can't listen on {self._settings.listen}: the port is taken or the address is wrong."
            ) from error
        await self._server.start()
        _log.info("listening", address=self._settings.listen, port=self.port)
        self._starting = asyncio.create_task(self._start_application())

    async def close(self) -> None:
        """Say NOT_SERVING, let the calls under way end, and give everything back."""
        await self._health.enter_graceful_shutdown()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._server.stop(self._settings.drain_seconds)
        await self._application.close()
        _log.info("stopped")

    async def reload(self) -> None:
        """Load anew what may have changed on disk, as far as the application can."""
        if self._application.reload is None:
            return
        try:
            await self._application.reload()
        except AlbumenError as error:
            _log.warning("reload failed, the old stays", reason=str(error.reason), message=error.message)

    async def _start_application(self) -> None:
        while True:
            try:
                await self._application.start()
            except AlbumenError as error:
                _log.warning("not serving", reason=str(error.reason), message=error.message)
                await asyncio.sleep(self._settings.reload_seconds)
            else:
                await self._report(health_pb2.HealthCheckResponse.SERVING)
                _log.info("serving")
                return

    async def _report(self, status: health_pb2.HealthCheckResponse.ServingStatus.ValueType) -> None:
        for name in ("", *self._application.services):
            await self._health.set(name, status)


def run(settings: ServiceSettings, build: Callable[[], Application]) -> int:
    """Serve the application that `build` makes until SIGTERM or SIGINT; return the process's exit code.

    Args:
        settings: of the service.
        build: puts the application together; a `StartError` ends the service with code 1.

    """
    return asyncio.run(_run(settings, build))


async def _run(settings: ServiceSettings, build: Callable[[], Application]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    try:
        application = build()
    except StartError as error:
        configure_logs(level=settings.log_level, form=settings.log_format, service=error.service)
        _log.error("start_failed", message=error.message)
        return 1
    native_output = NativeOutput()
    configure_logs(level=settings.log_level, form=settings.log_format, service=application.name)
    native_output.report()
    try:
        return await _serve(settings, application, stop)
    finally:
        native_output.close()


async def _serve(settings: ServiceSettings, application: Application, stop: asyncio.Event) -> int:
    loop = asyncio.get_running_loop()
    if settings.exit_with_stdin:
        _watch_stdin(loop, stop)
    server = Server(settings, application)
    try:
        await server.open()
    except OSError as error:
        _log.error("can't start", message=str(error))
        await application.close()
        return 1
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(server.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    await stop.wait()
    await server.close()
    return 0


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """End the service with its launcher, however that ends: its end of the pipe is closed then."""

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), read)

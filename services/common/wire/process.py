"""The life of a service's process: settings, logs, signals, and an end that comes in time."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from pydantic import ValidationError

from services.common.heap import limit_heaps
from services.common.logs import configure_logs
from services.common.native_output import NativeOutput
from services.common.settings import ServiceSettings, describe
from services.common.start_error import StartError
from services.common.wire.server import Application, Server

S = TypeVar("S", bound=ServiceSettings)

# What a thread that can't be cancelled gets after the drain, decoding a photo for example.
GRACE_SECONDS: Final = 3.0
# Libraries hold faces: nobody but their owner reads what a service writes.
_UMASK: Final = 0o077
_STDERR: Final = 2

_log = structlog.get_logger("process")


def run(settings_type: type[S], build: Callable[[S], Application]) -> int:
    """Serve an application until SIGTERM or SIGINT; return the process's exit code.

    Args:
        settings_type: read from the environment.
        build: makes the application; a `StartError` ends the service with code 1.

    """
    os.umask(_UMASK)
    _fill_standard_streams()
    limit_heaps()
    try:
        settings = settings_type()  # type: ignore[call-arg] # it reads the environment
    except ValidationError as error:
        configure_logs(level="info", form="auto", service=settings_type.service_name())
        for problem in describe(error, settings_type):
            _log.error("setting_invalid", message=problem)
        return 1
    native_output = NativeOutput()
    configure_logs(level=settings.log_level, form=settings.log_format, service=settings_type.service_name())
    native_output.report()
    try:
        return asyncio.run(_run(settings, build))
    finally:
        native_output.close()


async def _run(settings: S, build: Callable[[S], Application]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    try:
        application = build(settings)
    except StartError as error:
        _log.error("start_failed", message=str(error))
        return 1
    if settings.exit_with_stdin:
        _watch_stdin(loop, stop)
    server = Server(settings, application)
    try:
        await server.open()
    except OSError as error:
        _log.error("listen_failed", message=str(error))
        await application.close()
        return 1
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(server.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    await stop.wait()
    _exit_after(settings.drain_seconds + GRACE_SECONDS)
    await server.close()
    return 0


def _fill_standard_streams() -> None:
    """Take the places of standard streams that are closed: a library's file there would get what is meant for them."""
    while (nowhere := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(nowhere)
    if sys.stderr is None:
        sys.stderr = os.fdopen(_STDERR, "w", closefd=False)


def _exit_after(seconds: float) -> None:
    """End the process then, whatever its threads do; what is written is safe at any moment."""

    def end() -> None:
        _log.error("exit_forced", message="Some work did not end in time.", seconds=seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """End the service with its launcher, however that ends: its end of the pipe is closed then."""

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), read)

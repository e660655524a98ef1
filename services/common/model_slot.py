"""Loads a model in the background, unloads it when idle, and loads it again on demand."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from services.common.bounded_executor import BoundedExecutor
from services.common.errors import AlbumenError, Reason, UnavailableError

T = TypeVar("T")

_log = structlog.get_logger("model")


class ModelSlot(Generic[T]):
    """Holds a model once it is loaded and warm. Belongs to one event loop, except for `get`.

    Args:
        load: makes the model; called in a thread of the slot, never twice at once, and again after a failure.
        unload_after: seconds without a call after which the model is unloaded; None keeps it.

    """

    def __init__(self, load: Callable[[], T], *, unload_after: float | None = None) -> None:
        self._load = load
        self._unload_after = unload_after
        self._executor = BoundedExecutor("loader", workers=1, queue=2)
        self._loading = asyncio.Lock()
        self._model: T | None = None
        self._served = False
        self._last_use = time.monotonic()
        self._idle_watch: asyncio.Task[None] | None = None
        self._failure: AlbumenError = UnavailableError(
            Reason.MODEL_NOT_READY, "The models are being loaded. Retry in a moment.", retry_after=1
        )

    async def start(self) -> None:
        """Load the model for the first time.

        Raises:
            AlbumenError: the model can't be loaded; `ready` and `get` raise the same until it is.

        """
        async with self._loading:
            await self._load_model()
        self._served = True
        if self._unload_after is not None:
            self._idle_watch = asyncio.create_task(self._unload_when_idle(self._unload_after))

    async def ready(self) -> T:
        """Return the model, after loading it again if it was unloaded.

        Raises:
            AlbumenError: MODEL_NOT_READY before `start` is done, or the model can't be loaded.

        """
        self._last_use = time.monotonic()
        if self._model is None and self._served:
            async with self._loading:
                # Another call may have loaded it while this one waited.
                if self._model is None:
                    await self._load_model()
        return self.get()

    def get(self) -> T:
        """Return the model if it is loaded; safe to call from any thread.

        Raises:
            AlbumenError: it is not.

        """
        model = self._model
        if model is None:
            # A new exception each time: raising the same one again and again would accumulate tracebacks.
            failure = self._failure
            raise type(failure)(failure.reason, failure.message, retry_after=failure.retry_after)
        return model

    async def reload(self) -> None:
        """Load the model anew, from weights that may have changed; if that fails, the old one stays.

        Raises:
            AlbumenError: the new one can't be loaded.

        """
        async with self._loading:
            await self._load_model()

    async def close(self) -> None:
        """Drop the model and stop the thread."""
        if self._idle_watch is not None:
            self._idle_watch.cancel()
            await asyncio.gather(self._idle_watch, return_exceptions=True)
        self._executor.close()
        self._model = None

    async def _load_model(self) -> None:
        started = time.perf_counter()
        try:
            self._model = await self._executor.run(self._load)
        except AlbumenError as error:
            self._failure = error
            raise
        _log.info("model_loaded", seconds=round(time.perf_counter() - started, 2))

    async def _unload_when_idle(self, seconds: float) -> None:
        while True:
            idle = time.monotonic() - self._last_use
            if idle < seconds:
                await asyncio.sleep(seconds - idle)
                continue
            async with self._loading:
                # A call may have come in while this one waited for the lock.
                if self._model is not None and time.monotonic() - self._last_use >= seconds:
                    self._model = None
                    _log.info("model_unloaded", idle_seconds=round(idle, 1))
            await asyncio.sleep(seconds)

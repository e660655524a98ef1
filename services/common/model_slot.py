"""The place of a model that takes a while to load, and what callers are told until it is there."""

from collections.abc import Callable
from typing import Generic, TypeVar

from services.common.bounded_executor import BoundedExecutor
from services.common.errors import AlbumenError, Reason, UnavailableError

T = TypeVar("T")


class ModelSlot(Generic[T]):
    """Holds a model from the moment that it is loaded and warm.

    Args:
        load: makes the model; called in a thread, and again after it failed.

    """

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._model: T | None = None
        self._failure: AlbumenError = UnavailableError(
            Reason.MODEL_NOT_READY, "The models are being loaded. Retry in a moment.", retry_after=1
        )

    async def start(self, executor: BoundedExecutor) -> None:
        """Load the model in `executor`.

        Raises:
            AlbumenError: why it can't be loaded; `get` raises the same from then on.

        """
        try:
            self._model = await executor.run(self._load)
        except AlbumenError as error:
            self._failure = error
            raise

    def get(self) -> T:
        """Return the model.

        Raises:
            AlbumenError: MODEL_NOT_READY while it is being loaded, or why it could not be.

        """
        if self._model is None:
            # A new exception each time: a raised one gathers tracebacks.
            failure = self._failure
            raise type(failure)(failure.reason, failure.message, retry_after=failure.retry_after)
        return self._model

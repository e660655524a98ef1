"""The one place where calls are admitted and logged, and where their exceptions become statuses."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import grpc
import structlog
from grpc_status import rpc_status

from services.common.errors import AlbumenError, InternalError, Reason
from services.common.wire.call_limit import CallLimit
from services.common.wire.request_reader import RequestReader, read_one
from services.common.wire.status import NEVER, PUSHBACK_KEY, to_status

_OURS: Final = "/albumen."
_log = structlog.get_logger("rpc")

# Quoted, as it is generic in the type stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Context = Any  # grpc.aio.ServicerContext, whose stub lacks the trailing metadata of abort


class StatusInterceptor(grpc.aio.ServerInterceptor):
    """Sends an `AlbumenError` as its rich status, anything unknown as a bare INTERNAL, and logs one line a call.

    Every method, of one request too, is served as one that reads a stream: so a call is counted before its request is
    read, and a request that can't be parsed has a status like any other.

    Args:
        max_calls: calls under way at once; health and reflection have as many places of their own.

    """

    def __init__(self, max_calls: int) -> None:
        self._limit = CallLimit(max_calls)
        # A busy service must still answer whether it is alive.
        self._limit_of_others = CallLimit(max_calls)
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - a handler of any messages
        """Wrap the handler of a method, the first time that it is called."""
        method = handler_call_details.method
        if method not in self._handlers:
            handler = await continuation(handler_call_details)
            # There is no handler where the method is unknown; the transport answers UNIMPLEMENTED.
            if not handler:
                return handler
            self._handlers[method] = self._wrap(handler, method)
        return self._handlers[method]

    def _wrap(self, handler: Handler, method: str) -> Handler:
        limit = self._limit if method.startswith(_OURS) else self._limit_of_others
        # The stubs describe the synchronous API's handlers; these are coroutines and asynchronous generators.
        behavior: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        deserialize: Any = handler.request_deserializer
        is_stream = bool(handler.request_streaming or handler.response_streaming)

        async def respond(data: AsyncIterator[bytes], context: Context) -> Any:  # noqa: ANN401 - any message
            async with _Call(method, context, limit, stream=is_stream) as call:
                call.admit()
                if handler.request_streaming:
                    return await behavior(RequestReader(data, deserialize), context)
                return await behavior(await read_one(data, deserialize), context)

        async def respond_many(data: AsyncIterator[bytes], context: Context) -> AsyncIterator[Any]:
            async with _Call(method, context, limit, stream=is_stream) as call:
                call.admit()
                if handler.request_streaming:
                    responses = behavior(RequestReader(data, deserialize), context)
                else:
                    responses = behavior(await read_one(data, deserialize), context)
                async for response in responses:
                    yield response

        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(respond_many, None, handler.response_serializer)
        return grpc.stream_unary_rpc_method_handler(respond, None, handler.response_serializer)


class _Call:
    """The time from a call's arrival to its status; a class of its own, as every call pays for it."""

    __slots__ = ("_admitted", "_context", "_limit", "_method", "_started", "_stream")

    def __init__(self, method: str, context: Context, limit: CallLimit, *, stream: bool) -> None:
        self._method = method
        self._context = context
        self._limit = limit
        self._stream = stream
        self._admitted = False
        self._started = time.perf_counter()

    def admit(self) -> None:
        """Take a place until the call ends, or raise what refuses it."""
        self._limit.enter(stream=self._stream)
        self._admitted = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admitted:
            self._limit.leave(stream=self._stream)
        try:
            if isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
                await self._fail(error)
        finally:
            log = _log.info if self._method.startswith(_OURS) else _log.debug
            elapsed = round((time.perf_counter() - self._started) * 1000, 1)
            log("call_ended", method=self._method, outcome=_outcome(error), ms=elapsed)

    async def _fail(self, error: Exception) -> None:
        if isinstance(error, AlbumenError):
            await _abort(self._context, error)
        else:
            # Whatever it is, the caller gets a status and the log the trace.
            _log.error("call_failed", method=self._method, exc_info=error)
            await _abort(self._context, InternalError(Reason.INTERNAL, "The service failed; its log has the details."))


def _outcome(error: BaseException | None) -> str:
    match error:
        case None:
            return "OK"
        case AlbumenError():
            return str(error.reason)
        case grpc.aio.AbortError():
            return "ABORTED_BY_SERVICER"
        case Exception():
            return str(Reason.INTERNAL)
    return "CANCELLED"


async def _abort(context: Context, error: AlbumenError) -> None:
    status = rpc_status.to_status(to_status(error))
    metadata = tuple(status.trailing_metadata)
    # What clients with a retry policy obey; RetryInfo is for those that retry by themselves.
    if error.retried:
        metadata += ((PUSHBACK_KEY, NEVER),)
    elif error.retry_after is not None:
        metadata += ((PUSHBACK_KEY, str(round(error.retry_after * 1000))),)
    await context.abort(status.code, status.details, metadata)

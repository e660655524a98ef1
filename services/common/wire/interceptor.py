"""The one place where calls are admitted and logged, and where their exceptions become statuses."""

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeAlias

import grpc
import structlog
from grpc_status import rpc_status

from services.common.errors import AlbumenError, InternalError, Reason
from services.common.wire.call_limit import CallLimit
from services.common.wire.inbound import OURS, Inbound
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.request_reader import RequestReader
from services.common.wire.status import NEVER, PUSHBACK_KEY, to_status

_log = structlog.get_logger("rpc")

# Quoted, as it is generic in the type stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Context = Any  # grpc.aio.ServicerContext, whose stub lacks the trailing metadata of abort


class StatusInterceptor(grpc.aio.ServerInterceptor):
    """Sends an `AlbumenError` as its rich status, anything unknown as a bare INTERNAL, and logs one line a call.

    Every method, of one request too, is served as one that reads a stream: so a call is counted before its request is
    read, and a request that can't be parsed has a status like any other.

    Args:
        inbound: the bounds of what comes in.

    """

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound
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
        limit = self._inbound.calls_of(method)
        arrivals = self._inbound.arrivals_of(method)
        bounds = self._inbound.bounds_of(method)
        # The stubs describe the synchronous API's handlers; these are coroutines and asynchronous generators.
        behavior: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        deserialize: Any = handler.request_deserializer
        is_stream = bool(handler.request_streaming or handler.response_streaming)

        # The messages are taken from the context: the iterator would keep the last one for as long as it lives.
        async def respond(_: AsyncIterator[bytes], context: Context) -> Any:  # noqa: ANN401 - any message
            async with _Call(method, context, limit, stream=is_stream) as call:
                call.admit(bounds)
                requests = RequestReader(_receiver(context), deserialize, bounds, arrivals)
                if handler.request_streaming:
                    return await behavior(requests, context)
                with bounds.hold() as held:
                    return await behavior(await requests.only(held), context)

        async def respond_many(_: AsyncIterator[bytes], context: Context) -> None:
            async with _Call(method, context, limit, stream=is_stream) as call:
                call.admit(bounds)
                requests = RequestReader(_receiver(context), deserialize, bounds, arrivals)
                # No method that answers with a stream takes an image, but in a stream.
                responses = behavior(requests if handler.request_streaming else await requests.only(None), context)
                # Whatever ends the call here, what the method holds is given back now, and not when it is collected.
                async with contextlib.aclosing(responses):
                    async for response in responses:
                        await arrivals.taken(context.write(response))

        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(respond_many, None, handler.response_serializer)
        return grpc.stream_unary_rpc_method_handler(respond, None, handler.response_serializer)


def _receiver(context: Context) -> Callable[[], Awaitable[bytes | None]]:
    async def receive() -> bytes | None:
        message = await context.read()
        return None if message is grpc.aio.EOF else message

    return receive


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

    def admit(self, bounds: MethodBounds) -> None:
        """Take a place until the call ends, or raise what refuses it."""
        self._limit.enter(stream=self._stream)
        self._admitted = True
        if bounds.admit is not None:
            bounds.admit()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # See `_forget_way`: this frame is on the way of what `abort` raises.
        del trace
        if self._admitted:
            self._limit.leave(stream=self._stream)
        try:
            if isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
                await self._fail(error)
        finally:
            log = _log.info if self._method.startswith(OURS) else _log.debug
            elapsed = round((time.perf_counter() - self._started) * 1000, 1)
            log("call_ended", method=self._method, outcome=_outcome(error), ms=elapsed)

    async def _fail(self, error: Exception) -> None:
        if isinstance(error, AlbumenError):
            _forget_way(error)
            await _abort(self._context, error)
        else:
            # Whatever it is, the caller gets a status and the log the trace.
            _log.error("call_failed", method=self._method, exc_info=error)
            _forget_way(error)
            await _abort(self._context, InternalError(Reason.INTERNAL, "The service failed; its log has the details."))


def _forget_way(error: Exception) -> None:
    """Forget through which frames an error came.

    gRPC ties it to the context of the call, and that to itself: a ring in which the frames would keep the request, an
    image perhaps, until Python looks for garbage, which it does by numbers of objects and not by their size.
    """
    error.__traceback__ = error.__context__ = error.__cause__ = None


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

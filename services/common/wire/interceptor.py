"""The one place where calls are admitted and logged, and where their exceptions become statuses."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import grpc
import structlog
from grpc_status import rpc_status

from services.common.errors import AlbumenError, InternalError, Reason
from services.common.wire.call_limit import CallLimit
from services.common.wire.request_reader import RequestReader, read_one
from services.common.wire.status import to_status

PUSHBACK_KEY: Final = "grpc-retry-pushback-ms"

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

        async def read(data: AsyncIterator[bytes]) -> Any:  # noqa: ANN401 - any message, or a stream of them
            return RequestReader(data, deserialize) if handler.request_streaming else await read_one(data, deserialize)

        async def respond(data: AsyncIterator[bytes], context: Context) -> Any:  # noqa: ANN401 - any message
            async with _status_of_call(method, context):
                with limit.place(stream=is_stream):
                    return await behavior(await read(data), context)

        async def respond_many(data: AsyncIterator[bytes], context: Context) -> AsyncIterator[Any]:
            async with _status_of_call(method, context):
                with limit.place(stream=is_stream):
                    async for response in behavior(await read(data), context):
                        yield response

        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(respond_many, None, handler.response_serializer)
        return grpc.stream_unary_rpc_method_handler(respond, None, handler.response_serializer)


@asynccontextmanager
async def _status_of_call(method: str, context: Context) -> AsyncIterator[None]:
    started = time.perf_counter()
    outcome = "CANCELLED"
    try:
        yield
        outcome = "OK"
    except AlbumenError as error:
        outcome = error.reason
        await _abort(context, error)
    except grpc.aio.AbortError:
        outcome = "ABORTED_BY_SERVICER"
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the caller gets a status and the log the trace
        outcome = Reason.INTERNAL
        _log.exception("call_failed", method=method)
        await _abort(context, InternalError(Reason.INTERNAL, "The service failed; its log has the details."))
    finally:
        elapsed = round((time.perf_counter() - started) * 1000, 1)
        log = _log.info if method.startswith(_OURS) else _log.debug
        log("call_ended", method=method, outcome=str(outcome), ms=elapsed)


async def _abort(context: Context, error: AlbumenError) -> None:
    status = rpc_status.to_status(to_status(error))
    metadata = tuple(status.trailing_metadata)
    if error.retry_after is not None:
        # What clients with a retry policy obey; RetryInfo is for those that retry by themselves.
        metadata += ((PUSHBACK_KEY, str(round(error.retry_after * 1000))),)
    await context.abort(status.code, status.details, metadata)

"""The one place where exceptions of a call become its status, and where calls are logged."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import grpc
import structlog
from grpc_status import rpc_status

from services.common.errors import AlbumenError, InternalError, Reason
from services.common.wire.status import to_status

_OURS: Final = "/albumen."
_log = structlog.get_logger("rpc")

# Quoted, as it is generic in the type stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Context = Any  # grpc.aio.ServicerContext, whose stub lacks abort_with_status


class StatusInterceptor(grpc.aio.ServerInterceptor):
    """Sends an `AlbumenError` as its rich status, anything unknown as a bare INTERNAL, and logs one line a call."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - a handler of any messages
        """Wrap the handler of one of Albumen's methods; health and reflection stay as they are."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        # There is no handler where the method is unknown; the transport answers UNIMPLEMENTED.
        if not handler or not method.startswith(_OURS):
            return handler
        if handler.response_streaming:
            return _wrap_streaming(handler, method)
        return _wrap_unary(handler, method)


def _wrap_unary(handler: Handler, method: str) -> Handler:
    # The stubs describe the synchronous API's handlers; these are coroutines.
    behavior: Any = handler.stream_unary if handler.request_streaming else handler.unary_unary

    async def wrapped(request: Any, context: Context) -> Any:  # noqa: ANN401 - any message
        async with _status_of_call(method, context):
            return await behavior(request, context)

    factory = grpc.stream_unary_rpc_method_handler if handler.request_streaming else grpc.unary_unary_rpc_method_handler
    return factory(wrapped, handler.request_deserializer, handler.response_serializer)


def _wrap_streaming(handler: Handler, method: str) -> Handler:
    behavior: Any = handler.stream_stream if handler.request_streaming else handler.unary_stream

    async def wrapped(request: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401 - any message
        async with _status_of_call(method, context):
            async for response in behavior(request, context):
                yield response

    factory = (
        grpc.stream_stream_rpc_method_handler if handler.request_streaming else grpc.unary_stream_rpc_method_handler
    )
    return factory(wrapped, handler.request_deserializer, handler.response_serializer)


@asynccontextmanager
async def _status_of_call(method: str, context: Context) -> AsyncIterator[None]:
    started = time.perf_counter()
    outcome = "CANCELLED"
    try:
        yield
        outcome = "OK"
    except AlbumenError as error:
        outcome = error.reason
        await context.abort_with_status(rpc_status.to_status(to_status(error)))
    except Exception:  # noqa: BLE001 - whatever it is, the caller gets a status and the log the trace
        outcome = Reason.INTERNAL
        _log.exception("call failed unexpectedly", method=method)
        internal = InternalError(Reason.INTERNAL, "The service failed; its log has the details.")
        await context.abort_with_status(rpc_status.to_status(to_status(internal)))
    finally:
        elapsed = round((time.perf_counter() - started) * 1000, 1)
        _log.info("call", method=method, outcome=str(outcome), ms=elapsed)

"""The type of a call's context."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing import Any

    import grpc

# Quoted, as it is generic in the type stubs only.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

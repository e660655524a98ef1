"""The health service (grpc.health.v1): Check, Watch and List."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.wire.context import Context

HEALTH_SERVICE = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name


class HealthServicer(health_pb2_grpc.HealthServicer):  # type: ignore[misc] # has no types
    """Says whether services serve; all of a server do, or none.

    Args:
        services: full names of the services; the server itself, whose name is empty, is always one more.

    """

    def __init__(self, services: Iterable[str]) -> None:
        self._services = sorted({"", *services})
        self._status = health_pb2.HealthCheckResponse.NOT_SERVING
        self._closed = False
        self._changed = asyncio.Event()

    def report(self, *, serving: bool) -> None:
        """Tell everybody who watches whether the services serve."""
        response = health_pb2.HealthCheckResponse
        self._status = response.SERVING if serving and not self._closed else response.NOT_SERVING
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """Say NOT_SERVING for good and end every Watch, which would hold the server's shutdown otherwise."""
        self._closed = True
        self.report(serving=False)

    async def Check(  # noqa: N802
        self, request: health_pb2.HealthCheckRequest, context: Context
    ) -> health_pb2.HealthCheckResponse:
        """Say whether a service serves; NOT_FOUND if there is no such service."""
        if request.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "The server has no such service. List has those it has.")
        return health_pb2.HealthCheckResponse(status=self._status)

    async def Watch(  # noqa: N802
        self,
        request: health_pb2.HealthCheckRequest,
        context: Context,  # noqa: ARG002 - gRPC passes it
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """Say whether a service serves, now and whenever that changes, until the server closes."""
        known = request.service in self._services
        said = None
        while True:
            # Taken before the status is sent: what changes meanwhile is not missed.
            changed, closed = self._changed, self._closed
            status = self._status if known else health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
            if status != said:
                said = status
                yield health_pb2.HealthCheckResponse(status=status)
            if closed:
                return
            await changed.wait()

    async def List(  # noqa: N802
        self,
        request: health_pb2.HealthListRequest,  # noqa: ARG002 - has nothing in it
        context: Context,  # noqa: ARG002 - gRPC passes it
    ) -> health_pb2.HealthListResponse:
        """Say of each service whether it serves."""
        response = health_pb2.HealthListResponse()
        for name in self._services:
            response.statuses[name].status = self._status
        return response

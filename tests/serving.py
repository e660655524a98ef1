"""A service in this process, on a free port, reached over a real channel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, ResourceInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.settings import ServiceSettings
from services.common.wire.channel import DIRECT, channel_options
from services.common.wire.server import Application, Server

START_SECONDS = 60


@asynccontextmanager
async def serving(settings: ServiceSettings, application: Application) -> AsyncIterator[str]:
    """Serve until the block ends; the target is given once health says SERVING."""
    server = Server(settings, application)
    await server.open()
    target = f"127.0.0.1:{server.port}"
    try:
        await wait_until_serving(target)
        yield target
    finally:
        await server.close()


async def wait_until_serving(target: str) -> None:
    async with grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=START_SECONDS)
        async for answer in watch:
            if answer.status == health_pb2.HealthCheckResponse.SERVING:
                watch.cancel()
                return


@asynccontextmanager
async def channel_to(target: str) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(target, options=channel_options()) as channel:
        yield channel


class Failure:
    """What a failed call says: its code, message and details."""

    def __init__(self, status: Status) -> None:
        self.code = status.code
        self.message = status.message
        self.infos = self._details(status, ErrorInfo)
        self.violations = [item for detail in self._details(status, BadRequest) for item in detail.field_violations]
        self.fields = [item.field for item in self.violations]
        resources = self._details(status, ResourceInfo)
        self.resources = [detail.resource_name for detail in resources]
        self.resource_types = [detail.resource_type for detail in resources]
        self.delays = [detail.retry_delay.ToMilliseconds() for detail in self._details(status, RetryInfo)]

    @property
    def reason(self) -> str:
        (info,) = self.infos
        assert info.domain == "albumen.internal"
        return str(info.reason)

    @staticmethod
    def _details(status: Status, kind: type) -> list:  # type: ignore[type-arg]
        found = []
        for detail in status.details:
            message = kind()
            if detail.Unpack(message):
                found.append(message)
        return found


def failure_of(error: grpc.RpcError) -> Failure:
    assert isinstance(error, grpc.aio.AioRpcError)
    metadata: Any = error.trailing_metadata()
    return Failure(Status.FromString(dict(metadata)["grpc-status-details-bin"]))

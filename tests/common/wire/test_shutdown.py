import json
import signal
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2_grpc

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import image_service_pb2_grpc as pb_grpc
from services.common.wire.channel import DIRECT
from tests.common.wire.test_process import events, start
from tests.serving import failure_of


async def test_what_clients_leave_open_does_not_hold_the_end_up(tmp_path: Path) -> None:
    process = start(
        "services.catalog",
        ALBUMEN_CATALOG_LISTEN="127.0.0.1:0",
        ALBUMEN_CATALOG_LIBRARIES_DIR=str(tmp_path / "libraries"),
        ALBUMEN_CATALOG_DRAIN_SECONDS="50",
    )
    assert process.stderr is not None
    port = 0
    while (event := json.loads(process.stderr.readline()))["event"] != "serving":
        port = event.get("port", port)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=DIRECT) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        upload: Any = pb_grpc.ImageServiceStub(channel).IndexImage()
        await upload.write(pb.IndexImageRequest(header=pb.ImageHeader(file_name="a.png")))
        # Calls of one connection are taken in their order: once this one is answered, the upload has begun.
        await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        reflection: Any = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo()
        process.send_signal(signal.SIGTERM)
        logged = [event["event"] for event in events(process)]
        # Nobody waits for a client that is silent, however much time there is.
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await upload
        assert failure_of(caught.value).reason == "SHUTTING_DOWN"
        reflection.cancel()
    # It was not forced, and what the catalog holds was closed.
    assert (process.returncode, logged[-1]) == (0, "stopped")

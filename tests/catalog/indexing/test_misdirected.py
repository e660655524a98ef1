from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest

from albumen.embedder.v1 import embedder_service_pb2_grpc as embedder_grpc
from services.catalog.indexing.clients import DetectorClient, EmbedderClient
from services.common.errors import Reason, UnavailableError
from services.common.settings import ServiceSettings
from services.common.wire.server import Application
from tests.catalog.fake_vision import RGB_BYTES, FakeEmbedderServicer, Script, serve_detector
from tests.serving import channel_to, serving


async def _nothing() -> None:
    pass


@asynccontextmanager
async def _embedder() -> AsyncIterator[grpc.aio.Channel]:
    """An embedder as it is reached: with health, as every service of Albumen has it."""
    servicer = FakeEmbedderServicer(Script())  # type: ignore[abstract] # Embed is all that would be called
    services = {
        "albumen.embedder.v1.EmbedderService": lambda server: embedder_grpc.add_EmbedderServiceServicer_to_server(
            servicer, server
        )
    }
    application = Application(services, start=_nothing, close=_nothing)
    settings = ServiceSettings(listen="127.0.0.1:0")
    async with serving(settings, application) as target, channel_to(target) as channel:
        yield channel


async def test_an_embedder_in_the_place_of_the_detector_is_told_with_the_setting() -> None:
    async with _embedder() as channel:
        with pytest.raises(UnavailableError) as caught:
            await DetectorClient(channel, seconds=10).detect(b"photo")
    assert caught.value.reason is Reason.DETECTOR_UNAVAILABLE
    assert "an embedder answers in its place" in caught.value.message
    assert "ALBUMEN_CATALOG_DETECTOR_TARGET" in caught.value.message
    assert caught.value.retried


async def test_a_strange_server_in_the_place_of_the_embedder_is_told_with_the_setting() -> None:
    server, target = await serve_detector(Script())
    async with channel_to(target) as channel:
        with pytest.raises(UnavailableError) as caught:
            await EmbedderClient(channel, seconds=10).embed([bytes(RGB_BYTES)])
    await server.stop(None)
    assert caught.value.reason is Reason.EMBEDDER_UNAVAILABLE
    assert "a server that is none of Albumen's answers in its place" in caught.value.message
    assert "ALBUMEN_CATALOG_EMBEDDER_TARGET" in caught.value.message
    assert caught.value.retried

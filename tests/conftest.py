import os
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from hypothesis import settings

from models import home
from services.detector.__main__ import build as build_detector
from services.detector.settings import DetectorSettings
from services.embedder.__main__ import build as build_embedder
from services.embedder.settings import EmbedderSettings
from tests.serving import channel_to, serving

# Parallel runs set it, and consoles that are made with it do not follow the tests that set another width.
os.environ.pop("COLUMNS", None)
# A busy machine is no failure: no example of a property has a time in which it must be done.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_OF_WEIGHTS = {"weights_dir", "samples_dir", "weights", "photos", "packages"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need what was fetched, by the fixtures that they ask for, however indirectly."""
    for item in items:
        if isinstance(item, pytest.Function) and not _OF_WEIGHTS.isdisjoint(item.fixturenames):
            item.add_marker(pytest.mark.weights)


def _folder(path: Path, pattern: str, command: str) -> Path:
    if not any(path.glob(pattern)):
        pytest.fail(f"{path} is empty; run `{command}` first, or `make test`, which does")
    return path


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    return _folder(home.weights_dir(), "*.onnx", "albumen-models pull")


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    return _folder(home.samples_dir(), "*.jpg", "albumen-models samples")


@pytest.fixture(scope="session")
async def detector_target(weights_dir: Path) -> AsyncIterator[str]:
    settings = DetectorSettings(listen="127.0.0.1:0", weights_dir=weights_dir)
    async with serving(settings, build_detector(settings)) as target:
        yield target


@pytest.fixture(scope="session")
async def embedder_target(weights_dir: Path) -> AsyncIterator[str]:
    settings = EmbedderSettings(listen="127.0.0.1:0", weights_dir=weights_dir)
    async with serving(settings, build_embedder(settings)) as target:
        yield target


@pytest.fixture(scope="session")
async def detector_channel(detector_target: str) -> AsyncIterator[grpc.aio.Channel]:
    async with channel_to(detector_target) as channel:
        yield channel


@pytest.fixture(scope="session")
async def embedder_channel(embedder_target: str) -> AsyncIterator[grpc.aio.Channel]:
    async with channel_to(embedder_target) as channel:
        yield channel

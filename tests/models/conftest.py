"""Real weights, photos and source packages: pulled at most once into the home, shared by all tests."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.artifact import Artifact
from models.entries import Task
from models.home import home, samples_dir, weights_dir
from models.manifest import Manifest, load_manifest
from models.pull import Puller
from models.registry import fetch


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return load_manifest()


@pytest.fixture(scope="session")
def weights(manifest: Manifest) -> Path:
    """The folder of the default models' ONNX files."""
    puller = Puller(manifest.node, home() / "downloads", lambda _: None)
    puller.pull([Artifact.from_model(manifest.default(task), weights_dir()) for task in Task])
    return weights_dir()


@pytest.fixture(scope="session")
def photos(manifest: Manifest) -> dict[str, NDArray[np.uint8]]:
    """The sample photos, RGB, by file name."""
    puller = Puller(manifest.node, home() / "downloads", lambda _: None)
    puller.pull([Artifact.from_sample(sample, samples_dir()) for sample in manifest.samples])
    return {s.file: np.asarray(Image.open(samples_dir() / s.file).convert("RGB")) for s in manifest.samples}


@pytest.fixture(scope="session")
def packages(manifest: Manifest) -> dict[str, Path]:
    """The distribution files of the models, by package id: what conversions are compared with."""
    folder = home() / "downloads" / "originals"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        model.package.id: fetch(model.package, manifest.node, folder, 600, lambda _: None) for model in manifest.models
    }

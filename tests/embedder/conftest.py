from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.entries import Task
from models.manifest import load_manifest
from services.embedder.embedder import Embedder

# Faces of the sample photos with their margin: left, top, right, bottom in pixels.
REGIONS = {
    "obama.jpg": (325, 51, 662, 468),
    "obama2.jpg": (152, 198, 529, 680),
    "biden.jpg": (378, 117, 764, 613),
    "astronaut.png": (167, 46, 285, 190),
}


@pytest.fixture(scope="session")
def embedder(weights_dir: Path) -> Embedder:
    return Embedder.open(load_manifest().default(Task.FACE_EMBEDDING), weights_dir)


@pytest.fixture(scope="session")
def faces(samples_dir: Path) -> dict[str, NDArray[np.uint8]]:
    cut = {}
    for name, region in REGIONS.items():
        with Image.open(samples_dir / name) as image:
            face = image.convert("RGB").resize((160, 160), Image.Resampling.BILINEAR, region)
        cut[name] = np.asarray(face)
    return cut

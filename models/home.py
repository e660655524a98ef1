"""Where Albumen keeps its files: weights, libraries and sample photos under one folder, the home."""

import os
from pathlib import Path

import platformdirs

_CHECKOUT = Path(__file__).resolve().parents[1]


def home() -> Path:
    """Return the home: ``$ALBUMEN_HOME``, else ``.albumen`` inside a source checkout, else the user's data folder."""
    if configured := os.environ.get("ALBUMEN_HOME"):
        return Path(configured).expanduser().resolve()
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / ".albumen"
    return platformdirs.user_data_path("albumen", appauthor=False)


def weights_dir() -> Path:
    """Return the folder of the ONNX files that ``albumen-models pull`` makes and the services open."""
    return home() / "weights"


def libraries_dir() -> Path:
    """Return the folder that holds one DuckDB file a library."""
    return home() / "libraries"


def samples_dir() -> Path:
    """Return the folder of the sample photos of the first run."""
    return home() / "samples"

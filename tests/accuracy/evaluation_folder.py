"""The evaluation data, which is no part of the project: tests that need it are skipped unless its folder is named."""

import os
from pathlib import Path

import pytest

from accuracy.evaluation_data import missing


def evaluation_folder() -> Path:
    """Return the folder that ALBUMEN_EVAL_DIR names, or skip the test."""
    name = os.environ.get("ALBUMEN_EVAL_DIR")
    if not name:
        pytest.skip("no evaluation data: set ALBUMEN_EVAL_DIR to its folder")
    if lacking := missing(Path(name)):
        pytest.skip(f"no evaluation data: {name} has no {', '.join(lacking)}")
    return Path(name)

"""Nothing leaves the machine: ONNX Runtime, whose builds report to their makers by default, does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("package", ["services", "models", "benchmarks", "accuracy", "tools"])
def test_a_process_that_runs_a_model_reports_to_nobody(package: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    # Where it may report, its import alone makes a folder below the user's caches, with a network or without.
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-c", f"import {package}, onnxruntime"], cwd=ROOT, env=environment, timeout=60, check=True
    )
    assert list(tmp_path.rglob("*")) == []

"""The command line, as a user runs it."""

import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from models.manifest import Manifest


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "models", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment or None)


def test_pull_is_one_quiet_line_when_all_is_there(weights: Path) -> None:
    result = run("pull", "--weights-dir", weights)
    assert result.returncode == 0
    assert result.stdout == f"Ready: 3 models, 118.6 MB, already in {weights}\n"
    assert result.stderr == ""


def test_list_shows_every_model_and_its_state(weights: Path, tmp_path: Path, manifest: Manifest) -> None:
    for folder, state in ((weights, "ready"), (tmp_path, "missing")):
        result = run("list", "--weights-dir", folder)
        assert result.returncode == 0
        assert all(model.id in result.stdout for model in manifest.models)
        assert result.stdout.count(f"  {state}") == len(manifest.models)


def test_verify_fails_and_says_what_to_do(weights: Path, tmp_path: Path) -> None:
    assert run("verify", "--weights-dir", weights).returncode == 0
    (tmp_path / "centerface.onnx").write_bytes(b"half a file")
    result = run("verify", "--weights-dir", tmp_path)
    assert result.returncode == 1
    assert "damaged" in result.stdout
    assert "missing" in result.stdout
    assert "python -m models pull" in result.stdout


def test_an_unknown_model_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    result = run("pull", "no-such-model", "--weights-dir", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: there is no model 'no-such-model'")
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("weights")
def test_every_file_says_where_it_is_from(weights: Path, manifest: Manifest) -> None:
    for model in manifest.models:
        loaded = onnx.load(weights / model.file, load_external_data=False)
        metadata = {prop.key: prop.value for prop in loaded.metadata_props}
        assert metadata["source"] == model.source
        assert metadata["licence"] == model.licence
        assert metadata["version"] == model.version
        assert metadata["source_sha256"] == model.source_sha256
        if model.embedding:
            assert metadata["embedding_space"] == model.embedding.space

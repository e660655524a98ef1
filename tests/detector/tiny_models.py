"""ONNX models that answer the same whatever they see, and manifest entries for them."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.entries import Family, Input, Kind, Model, Package, Registry, Resize, Task, Thresholds
from services.detector.detection_model import DetectionModel

Shape = list[int | str]
NAMES = ("cat", "dog", "bird")


def constant_onnx(
    outputs: dict[str, NDArray[Any]],
    shape: Shape,
    *,
    kind: int = TensorProto.FLOAT,
    metadata: dict[str, str] | None = None,
) -> bytes:
    """A model that takes an image of that shape and always gives these outputs."""
    nodes = [helper.make_node("Identity", [f"{name}_value"], [name]) for name in outputs]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("images", kind, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in outputs.items()],
        [numpy_helper.from_array(value.astype(np.float32), f"{name}_value") for name, value in outputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def entry(
    family: Family,
    task: Task = Task.OBJECT_DETECTION,
    *,
    names: tuple[str, ...] = NAMES,
    size: int = 0,
    file: str = "own.onnx",
    sha256: str = "0" * 64,
) -> Model:
    package = Package("own", Registry.FILE, Kind.ONNX, file, "1", "MIT", file, 0, sha256)
    return Model(
        id="own",
        task=task,
        family=family,
        version="1",
        precision="fp32",
        license="MIT",
        source="test",
        package=package,
        converter=None,
        members=(),
        source_sha256=sha256,
        file=file,
        size_bytes=0,
        sha256=sha256,
        input=Input("", size, size, Resize.FIT, 32),
        thresholds=Thresholds(0.3, 0.5),
        class_names=names if task is Task.OBJECT_DETECTION else (),
        embedding=None,
    )


def opened(data: bytes, model: Model, folder: Path) -> DetectionModel:
    (folder / model.file).write_bytes(data)
    return DetectionModel.open(replace(model, sha256=sha256(data)), folder)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""Runs ONNX models for tests: one thread, no spinning."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.conversion.graph import Array


def run(model: Path | bytes, inputs: dict[str, Array], outputs: list[str]) -> list[NDArray[np.float32]]:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    # As the services do: without VNNI instructions the fast product of bytes saturates.
    options.add_session_config_entry("session.x64quantprecision", "1")
    source = model if isinstance(model, bytes) else str(model)
    session = ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == list(inputs)
    return list(session.run(outputs, inputs))

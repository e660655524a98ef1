"""Measures the CPU time of a run, the two precisions of a model alternating."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime

from benchmarks.table import Table
from models.entries import Family, Model
from services.common.inference import open_model

RUNS = 30

_BATCHES = {Family.FACENET: 8}
_MILLISECONDS = 1e3
_MEGABYTE = 1e6


def speed_table(pairs: Sequence[tuple[Model, Model]], weights: Path, advance: Callable[[], None]) -> Table:
    """Run every pair RUNS times in turn, in sessions as the services open them, on noise of the model's input size.

    `advance` is called RUNS times for each pair.
    """
    rows = []
    for plain, other in pairs:
        batch = _BATCHES.get(plain.family, 1)
        shape = (batch, plain.input.height, plain.input.width, 3)
        image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        sessions = [open_model(model, weights) for model in (plain, other)]
        for session in sessions:
            _seconds(session, image)
        turns = []
        for _ in range(RUNS):
            turns.append([_seconds(session, image) / batch for session in sessions])
            advance()
        first, second = (median(column) for column in zip(*turns, strict=True))
        ratio = median(one / two for one, two in turns)
        sizes = (f"{(weights / model.file).stat().st_size / _MEGABYTE:.1f}" for model in (plain, other))
        times = (f"{seconds * _MILLISECONDS:.1f}" for seconds in (first, second))
        rows.append((other.id, *times, f"{ratio:.2f}x", *sizes))
    columns = ("", "fp32, ms", "ms", "speed", "fp32, MB", "MB")
    return Table("Speed", columns, tuple(rows), f"CPU time a picture, one thread: medians of {RUNS} runs in turn.")


def _seconds(session: onnxruntime.InferenceSession, image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    begin = time.process_time()
    session.run(None, {session.get_inputs()[0].name: image})
    return time.process_time() - begin

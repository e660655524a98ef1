"""Measures the ranges of a network's activations on images, for quantisation and equalisation."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper

from models.conversion.quantise import Range
from models.conversion.serialise import serialise


def measure_ranges(
    graph: onnx.GraphProto, tensors: Sequence[str], batches: Iterable[NDArray[np.uint8]]
) -> Mapping[str, Range]:
    """Return the smallest and the largest value of each activation over all batches.

    Args:
        graph: takes the batches as its only input.
        tensors: names of the activations.
        batches: each uint8 [n, height, width, 3].

    """
    extremes = _extremes(graph, tensors, batches)
    return _named(tensors, extremes[:, 0::2].min(0), extremes[:, 1::2].max(0))


def measure_usual_ranges(
    graph: onnx.GraphProto, tensors: Sequence[str], batches: Iterable[NDArray[np.uint8]]
) -> Mapping[str, Range]:
    """Return the averages over batches of the smallest and the largest value of each; see `measure_ranges`.

    The few values beyond these are clipped, which makes the steps between all others finer. Source: Jacob et al.,
    "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018), section 3.1,
    there as a moving average.
    """
    extremes = _extremes(graph, tensors, batches).mean(0)
    return _named(tensors, extremes[0::2], extremes[1::2])


def measure_peaks(
    graph: onnx.GraphProto, tensors: Sequence[str], batches: Iterable[NDArray[np.uint8]]
) -> Mapping[str, NDArray[np.float32]]:
    """Return the largest value of each channel, float32 [channels], of each activation; see `measure_ranges`."""
    watched = onnx.GraphProto()
    watched.CopyFrom(graph)
    del watched.output[:]
    for name in tensors:
        watched.node.append(helper.make_node("ReduceMax", [name], [f"{name}/peaks"], axes=[0, 2, 3], keepdims=0))
        peaks = helper.make_tensor_value_info(f"{name}/peaks", onnx.TensorProto.FLOAT, [f"{name}/channels"])
        watched.output.append(peaks)
    session = onnxruntime.InferenceSession(serialise(watched, {}), providers=["CPUExecutionProvider"])
    runs = [session.run(None, {graph.input[0].name: batch}) for batch in batches]
    by_tensor = zip(*runs, strict=True)
    return {name: np.max(values, axis=0) for name, values in zip(tensors, by_tensor, strict=True)}


def _extremes(
    graph: onnx.GraphProto, tensors: Sequence[str], batches: Iterable[NDArray[np.uint8]]
) -> NDArray[np.float64]:
    """Return float64 [batches, 2 x tensors]: the smallest and the largest value of each tensor, alternating."""
    watched = onnx.GraphProto()
    watched.CopyFrom(graph)
    del watched.output[:]
    for name in tensors:
        for op in ("ReduceMin", "ReduceMax"):
            watched.node.append(helper.make_node(op, [name], [f"{name}/{op}"], keepdims=0))
            watched.output.append(helper.make_tensor_value_info(f"{name}/{op}", onnx.TensorProto.FLOAT, []))
    session = onnxruntime.InferenceSession(serialise(watched, {}), providers=["CPUExecutionProvider"])
    return np.array([session.run(None, {graph.input[0].name: batch}) for batch in batches], np.float64)


def _named(tensors: Sequence[str], low: NDArray[np.float64], high: NDArray[np.float64]) -> Mapping[str, Range]:
    return {name: (float(a), float(b)) for name, a, b in zip(tensors, low, high, strict=True)}

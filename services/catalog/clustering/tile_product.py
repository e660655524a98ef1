"""Finds the pairs of codes whose dot product reaches a bound, tile by tile: the bulk of the work of a full run.

ONNX Runtime, where it is installed, multiplies uint8 by int8 twice as fast as NumKong multiplies int8 by int8, on
processors with VNNI instructions. On others it adds pairs of products in 16 bits, which saturates; so it is
tried once on the largest sums there can be, and used only where they are right. Results do not depend on the product.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import LARGEST_CODE, Codes, PackedCodes
from services.catalog.clustering.similarity import Mask

Reach = Callable[[slice], Mask]
_OFFSET: Final = 128
_ZERO: Final = np.array(_OFFSET, np.uint8)
# Sizes that take every kernel's main loop and its remainder.
_PROBE_WIDTH: Final = 133
_PROBE_ROWS: Final = 11
# Element types of onnx.proto.
_UINT8, _INT8, _INT32 = 2, 3, 6
_IR_VERSION: Final = 8
_OPSET: Final = 13


class TileProduct:
    """The dot products of codes, int8 [n, k], with each other; safe to use from several threads.

    Attributes:
        width: k.

    """

    def __init__(self, codes: Codes) -> None:
        self.width = codes.shape[1]
        self._codes = codes
        self._session = _session()

    def reaching(self, columns: slice, least: int) -> Reach:
        """Return a function that maps a slice of m rows to bool [m, columns]: whether the dot product is >= `least`."""
        codes, session = self._codes, self._session
        if session is None:
            packed = PackedCodes(codes[columns])
            return lambda rows: packed.dots(codes[rows]) >= least
        right = np.ascontiguousarray(codes[columns].T)
        # Flipping the sign bit turns int8 into uint8 by adding 128, which the zero point takes off again.

        def reach(rows: slice) -> Mask:
            (dots,) = session.run(None, {"a": codes[rows].view(np.uint8) ^ _ZERO, "zero": _ZERO, "b": right})
            return np.asarray(dots >= least)

        return reach


@functools.cache
def _session() -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    """Return an inference session of one integer product, safe for threads.

    None if ONNX Runtime is not installed, or if its product is not exact on this machine.
    """
    try:
        import onnxruntime  # noqa: PLC0415 - optional
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])
    return session if is_exact(lambda a, b: session.run(None, {"a": a, "zero": _ZERO, "b": b})[0]) else None


def is_exact(product: Callable[[npt.NDArray[np.uint8], Codes], npt.NDArray[np.int32]]) -> bool:
    """Return whether `product`, which takes 128 off its left factor, is right where narrow sums would saturate.

    Args:
        product: takes uint8 [m, k] and int8 [k, n], returns int32 [m, n].

    """
    signs = np.where(np.arange(_PROBE_WIDTH) % 3 == 0, -1, 1).astype(np.int8)
    right = np.stack([np.full(_PROBE_WIDTH, LARGEST_CODE, np.int8), LARGEST_CODE * signs], axis=1)
    left = np.stack([np.full(_PROBE_WIDTH, 255), np.arange(_PROBE_WIDTH) % 256, np.zeros(_PROBE_WIDTH)])
    left = np.repeat(left.astype(np.uint8), _PROBE_ROWS, axis=0)
    expected = (left.astype(np.int64) - _OFFSET) @ right.astype(np.int64)
    return bool(np.array_equal(product(left, np.ascontiguousarray(right)), expected))


def _model() -> bytes:
    """Return the ONNX model y = (a - zero) b as a protocol buffer, too small a one to need the onnx package."""
    arguments = b"".join(_field(1, name) for name in (b"a", b"b", b"zero"))
    node = _field(1, arguments + _field(2, b"y") + _field(4, b"MatMulInteger"))
    tensors = (b"a", _UINT8), (b"b", _INT8), (b"zero", _UINT8)
    inputs = b"".join(_field(11, _tensor(name, element)) for name, element in tensors)
    graph = node + _field(2, b"y") + inputs + _field(12, _tensor(b"y", _INT32))
    return _field(1, _IR_VERSION) + _field(7, graph) + _field(8, _field(2, _OPSET))


def _tensor(name: bytes, element: int) -> bytes:
    return _field(1, name) + _field(2, _field(1, _field(1, element)))


def _field(number: int, value: bytes | int) -> bytes:
    """Encode a field of a protocol buffer whose numbers and lengths are all less than 128."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value

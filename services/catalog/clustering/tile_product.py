"""Which pairs of codes reach a dot product, block by block: the bulk of a full run.

ONNX Runtime, where it is installed, multiplies uint8 by int8 twice as fast as NumKong multiplies int8 by int8, on
processors with VNNI instructions. On others it adds pairs of products in 16 bits, which saturates; so it is asked once
for the largest sums there can be, and used only where they are right. Results do not depend on which product it is.
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
# Of onnx.proto: element types, and the field that a message or a string is in.
_UINT8, _INT8, _INT32 = 2, 3, 6
_IR_VERSION: Final = 8
_OPSET: Final = 13


class TileProduct:
    """The dot products of codes, int8 [n, k], with each other; may be asked by several threads.

    Attributes:
        width: k.

    """

    def __init__(self, codes: Codes) -> None:
        self.width = codes.shape[1]
        self._codes = codes
        self._session = _session()

    def reaching(self, columns: slice, least: int) -> Reach:
        """Return what finds, for m rows, bool [m, columns]: which products are no less than `least`."""
        codes, session = self._codes, self._session
        if session is None:
            packed = PackedCodes(codes[columns])
            return lambda rows: packed.dots(codes[rows]) >= least
        right = np.ascontiguousarray(codes[columns].T)

        def reach(rows: slice) -> Mask:
            (dots,) = session.run(None, {"a": codes[rows].view(np.uint8) ^ _ZERO, "zero": _ZERO, "b": right})
            return np.asarray(dots >= least)

        return reach


@functools.cache
def _session() -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    """Return an inference session of one integer product, for any number of threads; None without ONNX Runtime."""
    try:
        import onnxruntime  # noqa: PLC0415 - need not be there
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
    """Return an ONNX model, y = (a - zero) b, as protocol buffer: too little to need a package that makes them."""
    arguments = b"".join(_field(1, name) for name in (b"a", b"b", b"zero"))
    node = _field(1, arguments + _field(2, b"y") + _field(4, b"MatMulInteger"))
    inputs = b"".join(_field(11, _tensor(*of)) for of in ((b"a", _UINT8), (b"b", _INT8), (b"zero", _UINT8)))
    graph = node + _field(2, b"y") + inputs + _field(12, _tensor(b"y", _INT32))
    return _field(1, _IR_VERSION) + _field(7, graph) + _field(8, _field(2, _OPSET))


def _tensor(name: bytes, element: int) -> bytes:
    return _field(1, name) + _field(2, _field(1, _field(1, element)))


def _field(number: int, value: bytes | int) -> bytes:
    """Return a field of a protocol buffer, in which every number and length is less than 128."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value

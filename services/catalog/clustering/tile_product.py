"""Which pairs of codes reach a dot product, block by block: the bulk of a full run.

ONNX Runtime, where it is installed, multiplies uint8 by int8 twice as fast as NumKong multiplies int8 by int8. Both
products are exact, so results do not depend on which of them is at hand.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from services.catalog.clustering.kernels import Codes, PackedCodes
from services.catalog.clustering.similarity import Mask

Reach = Callable[[slice], Mask]
_OFFSET: Final = 128
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
        zero = np.array(_OFFSET, np.uint8)
        right = np.ascontiguousarray(codes[columns].T)

        def reach(rows: slice) -> Mask:
            (dots,) = session.run(None, {"a": codes[rows].view(np.uint8) ^ zero, "zero": zero, "b": right})
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
    return onnxruntime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])


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

"""Which decoder reads the outputs of which family of models. A further family is a file, and a line here."""

from collections.abc import Callable, Mapping
from typing import Final

import onnxruntime

from models.entries import Family, Input, Thresholds
from services.detector.candidates import Decoder
from services.detector.centerface import CenterFace
from services.detector.ssd import Ssd

FAMILIES: Final[Mapping[Family, Callable[[onnxruntime.InferenceSession, Input, Thresholds], Decoder]]] = {
    Family.CENTERFACE: CenterFace,
    Family.SSD: Ssd,
}

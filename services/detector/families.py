"""The decoder of each model family. To add a family, write its decoder and list it here."""

from collections.abc import Callable, Mapping
from typing import Final

import onnxruntime

from models.entries import Family, Model
from services.detector.candidates import Decoder
from services.detector.centerface import CenterFace
from services.detector.ssd import Ssd
from services.detector.yolo import Yolo
from services.detector.yolox import Yolox
from services.detector.yunet import Yunet

FAMILIES: Final[Mapping[Family, Callable[[onnxruntime.InferenceSession, Model, float], Decoder]]] = {
    Family.CENTERFACE: CenterFace,
    Family.SSD: Ssd,
    Family.YOLO: Yolo,
    Family.YOLOX: Yolox,
    Family.YUNET: Yunet,
}

"""Measures the detector in photos a second over gRPC, beside the same models called naively."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Final

import cv2
import grpc
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1.detector_service_pb2_grpc import DetectorServiceStub
from benchmarks.plain_model import plain_model
from benchmarks.serving.load import Call, closed_loop, threads_loop
from benchmarks.serving.meter import Meter
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.serving.spent import Spent, spent_table
from benchmarks.table import Table
from models.entries import Task
from models.home import weights_dir
from models.manifest import load_manifest
from services.common.limits import MAX_FACES_PER_IMAGE, MAX_OBJECTS_PER_IMAGE
from services.common.wire.status import from_rpc_error
from services.detector.families import FAMILIES

SLICES: Final = 2

_IN_FLIGHT: Final = 4
_BAR: Final = 2.5
_CALL_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class DetectionRound:
    """One round: the detector, and the naive way."""

    served: Spent
    naive: Spent


async def measure_detection(
    services: Services, photos: Sequence[Path], rounds: int, seconds: float, advance: Callable[[], None]
) -> list[DetectionRound]:
    """Take turns between the detector and the naive way, about `seconds` each."""
    naive = [_naive(task, limit) for task, limit in (
        (Task.OBJECT_DETECTION, MAX_OBJECTS_PER_IMAGE), (Task.FACE_DETECTION, MAX_FACES_PER_IMAGE)
    )]  # fmt: skip
    files = [path.read_bytes() for path in photos]
    turns = cycle(files)

    def one_naively() -> int:
        encoded = np.frombuffer(next(turns), np.uint8)
        rgb = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB), np.uint8)
        for find in naive:
            find(rgb)
        return 1

    found = []
    async with services.channel("detector") as channel:
        call = detect_call(channel, files)
        await call()
        one_naively()
        for _ in range(rounds):
            meter = Meter(services.only("detector"))
            served = meter.stop(await closed_loop(call, _IN_FLIGHT, seconds))
            advance()
            found.append(DetectionRound(served, Meter.run(lambda: threads_loop(one_naively, 1, seconds))))
            advance()
    return found


def detect_call(channel: grpc.aio.Channel, files: Sequence[bytes], *, crops: bool = False) -> Call:
    """Return what sends one of the photos after the other, again and again, and returns 1 for each.

    It raises an `AlbumenError` for a photo that is refused.
    """
    stub = DetectorServiceStub(channel)
    options = pb.FaceOptions(include_crops=crops)
    requests = cycle([pb.DetectRequest(content=file, face_options=options) for file in files])

    async def call() -> int:
        try:
            await stub.Detect(next(requests), timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error
        return 1

    return call


def detection_rows(rounds: Sequence[DetectionRound]) -> list[Row]:
    """Return the claim about the detector's speed."""
    ratios = [one.served.rate / one.naive.rate for one in rounds]
    served, naive = (median(run.cpu_per_unit for run in runs) for runs in _ways(rounds).values())
    client = median(one.served.client_cpu / one.served.units for one in rounds)
    cost = (
        f"CPU a photo: {1e3 * served:.0f} ms over gRPC, of which the client takes {1e3 * client:.0f} ms; "
        f"{1e3 * naive:.0f} ms naively, so the most that CPU time allows is {naive / served:.2f}x, and more only where "
        "the naive way leaves cores idle."
    )
    claim = "detector over gRPC, objects and faces, 12 MP, 4 in flight, beside naive use: photos/s"
    return [Row(claim, median(ratios), _BAR, Sense.AT_LEAST, "x", (min(ratios), max(ratios)), cost)]


def detection_table(rounds: Sequence[DetectionRound]) -> Table:
    """Return what was measured of both ways."""
    return spent_table("Detector", "photos", _ways(rounds))


def _ways(rounds: Sequence[DetectionRound]) -> dict[str, list[Spent]]:
    return {"gRPC, 4 in flight": [one.served for one in rounds], "naive": [one.naive for one in rounds]}


def _naive(task: Task, limit: int) -> Callable[[NDArray[np.uint8]], None]:
    """Open a model as published, with ONNX Runtime's defaults; what is returned finds its things in RGB pixels."""
    model = plain_model(load_manifest(), task)
    if model.thresholds is None:
        raise ValueError(f"The model {model.id} has no thresholds, so it detects nothing.")
    session = onnxruntime.InferenceSession(weights_dir() / model.file, providers=["CPUExecutionProvider"])
    decoder, score = FAMILIES[model.family](session, model, model.thresholds.nms_iou), model.thresholds.score

    def find(rgb: NDArray[np.uint8]) -> None:
        height, width = rgb.shape[:2]
        scale = decoder.scale(width, height)
        small = np.asarray(cv2.resize(rgb, (round(width * scale), round(height * scale))), np.uint8)
        decoder.detect(small, min_score=score, classes=None, limit=limit)

    return find

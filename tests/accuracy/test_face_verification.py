from pathlib import Path

import numpy as np
import pytest

from accuracy.detector_client import _central_crop
from accuracy.face_verification import pair_distance, photos_of
from accuracy.lfw import Pair
from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.types.v1.geometry_pb2 import BoundingBox, PixelSize

A, B = Path("a.jpg"), Path("b.jpg")


def face(left: float, top: float, crop: bytes) -> pb.FaceDetection:
    box = BoundingBox(left=left, top=top, width=20, height=30)
    return pb.FaceDetection(box=box, crop=pb.FaceCrop(rgb=crop))


def test_the_face_nearest_to_the_middle_is_taken() -> None:
    faces = [face(0, 0, b"corner"), face(90, 85, b"middle"), face(90, 150, b"below")]
    assert _central_crop(pb.DetectResponse(image_size=PixelSize(width=200, height=200), faces=faces)) == b"middle"
    assert _central_crop(pb.DetectResponse(image_size=PixelSize(width=200, height=200))) is None


def test_the_distance_is_the_cosines() -> None:
    embeddings = {A: np.array([1.0, 0.0]), B: np.array([0.6, 0.8])}
    assert pair_distance(Pair(A, B, same=True, fold=0), embeddings) == pytest.approx(0.4)
    assert pair_distance(Pair(A, A, same=True, fold=0), embeddings) == 0


@pytest.mark.parametrize(("same", "distance"), [(True, np.inf), (False, -np.inf)])
def test_a_missing_face_makes_a_pair_wrong_at_every_threshold(same: bool, distance: float) -> None:
    pair = Pair(A, B, same=same, fold=0)
    assert pair_distance(pair, {A: np.array([1.0])}) == pair_distance(pair, {B: np.array([1.0])}) == distance


def test_a_photo_of_several_pairs_is_read_once() -> None:
    assert photos_of([Pair(B, A, same=True, fold=0), Pair(B, B, same=True, fold=0)]) == [A, B]

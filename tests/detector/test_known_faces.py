"""Faces that a caller knows of, and a model may not see."""

import math
from pathlib import Path

import grpc
import pytest
from PIL import Image

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from albumen.types.v1.geometry_pb2 import BoundingBox
from services.detector.detections import Box, FaceDetection
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions
from tests.detector.photos import encoded, iou, portrait
from tests.serving import failure_of


def looked_at(detector: Detector, photo: bytes, *boxes: Box) -> list[FaceDetection]:
    options = FaceOptions(include_crops=True, boxes=boxes)
    return list(detector.detect(photo, DetectOptions(objects=None, faces=options)).faces)


def stretched(box: Box, factor: float) -> Box:
    width, height = box.width * factor, box.height * factor
    return Box(box.left + (box.width - width) / 2, box.top + (box.height - height) / 2, width, height)


@pytest.mark.parametrize("factor", [0.8, 1, 1.3])
def test_a_loose_box_is_cut_where_the_face_is(factor: float, detector: Detector, samples_dir: Path) -> None:
    photo = encoded(portrait(samples_dir), "PNG")
    (seen,) = detector.detect(photo, DetectOptions(objects=None, faces=FaceOptions(include_crops=True))).faces
    drawn = stretched(seen.box, factor)
    (known,) = looked_at(detector, photo, drawn)
    assert known.box == drawn
    assert known.crop
    assert seen.crop
    assert iou(known.crop.region, seen.crop.region) > 0.85
    assert known.score > 0.8
    assert known.landmarks
    assert seen.landmarks
    assert math.dist(*((point.nose.x, point.nose.y) for point in (known.landmarks, seen.landmarks))) < 8
    assert known.quality.score == pytest.approx(seen.quality.score, abs=0.1)


def test_a_face_too_small_for_the_whole_photo_is_seen_in_its_box(detector: Detector, samples_dir: Path) -> None:
    person = portrait(samples_dir).resize((82, 102), Image.Resampling.LANCZOS)
    crowd = Image.new("RGB", (3000, 2000), (120, 120, 120))
    crowd.paste(person, (1500, 900))
    photo = encoded(crowd, "JPEG", quality=95)
    assert not detector.detect(photo, DetectOptions(objects=None)).faces
    (known,) = looked_at(detector, photo, Box(1533, 908, 22, 31))
    assert known.score > 0.5
    assert known.landmarks
    assert 1533 < known.landmarks.left_eye.x < known.landmarks.right_eye.x < 1555


TINY = {
    "within": Box(20, 20, 0.1, 0.1),
    "on a border": Box(0, 0, 0.2, 40),
    "before the first pixel": Box(-0.9, -0.9, 0.1, 0.1),
    "after the last pixel": Box(64.5, 48.5, 0.1, 0.1),
    "next to nothing": Box(20, 20, 1e-30, 1e-30),
    "a pixel beyond the border": Box(64, 48, 1, 1),
    "across the border": Box(-1, -1, 66, 1),
}  # fmt: skip


@pytest.mark.parametrize("box", TINY.values(), ids=TINY.keys())
def test_a_box_of_less_than_a_pixel_is_a_face_that_is_not_seen(box: Box, detector: Detector) -> None:
    # As one of a large photo is in its preview.
    (known,) = looked_at(detector, encoded(Image.new("RGB", (64, 48), (9, 99, 50)), "PNG"), box)
    assert (known.box, known.score, known.landmarks) == (box, 0, None)
    assert known.crop
    assert math.isfinite(known.quality.score)


def test_what_the_model_does_not_see_is_a_face_that_can_hardly_be_seen(detector: Detector, samples_dir: Path) -> None:
    photo = (samples_dir / "chelsea.png").read_bytes()
    drawn = Box(120, 40, 200, 180)
    (known,) = looked_at(detector, photo, drawn)
    assert (known.box, known.score, known.landmarks) == (drawn, 0, None)
    # Below what lets a face found people.
    assert 0 < known.quality.score <= 0.4
    assert (known.quality.yaw, known.quality.pitch, known.quality.roll) == (0, 0, 0)
    assert known.crop
    assert known.crop.region == Box(86, 22, 268, 216)


def test_there_is_a_face_for_each_box_in_their_order(detector: Detector, samples_dir: Path) -> None:
    photo = encoded(portrait(samples_dir), "PNG")
    (seen,) = detector.detect(photo, DetectOptions(objects=None)).faces
    boxes = [Box(0, 500, 40, 60), seen.box, Box(400, 0, 55, 60)]
    found = looked_at(detector, photo, *boxes)
    assert [face.box for face in found] == boxes
    assert [face.landmarks is not None for face in found] == [False, True, False]


@pytest.fixture
def stub(detector_channel: grpc.aio.Channel) -> "pb_grpc.DetectorServiceAsyncStub":
    return pb_grpc.DetectorServiceStub(detector_channel)


async def test_a_known_face_over_the_wire(stub: "pb_grpc.DetectorServiceAsyncStub", samples_dir: Path) -> None:
    boxes = [BoundingBox(left=10, top=20, width=30, height=40), BoundingBox(left=370, top=88, width=244, height=341)]
    options = pb.FaceOptions(include_crops=True, boxes=boxes)
    request = pb.DetectRequest(
        content=(samples_dir / "obama.jpg").read_bytes(), features=[pb.FEATURE_FACES], face_options=options
    )
    unseen, seen = (await stub.Detect(request)).faces
    assert [unseen.box, seen.box] == boxes
    assert (unseen.HasField("landmarks"), seen.HasField("landmarks")) == (False, True)
    assert (unseen.score, len(unseen.crop.rgb)) == (0, 160 * 160 * 3)


@pytest.mark.parametrize(
    ("boxes", "reason", "field"),
    [
        ([(0, 0, 10, 11.5)], "BOX_OUTSIDE_IMAGE", "face_options.boxes[0]"),
        ([(0, 0, 1, 1), (-1.5, 0, 5, 5)], "BOX_OUTSIDE_IMAGE", "face_options.boxes[1]"),
        ([(0, 0, 1, 1), (0, 0, 0, 5)], "BOX_INVALID", "face_options.boxes[1]"),
        ([(0, math.nan, 5, 5)], "BOX_INVALID", "face_options.boxes[0]"),
        ([(0, 0, math.inf, 5)], "BOX_INVALID", "face_options.boxes[0]"),
        ([(0, 0, 5, 5)] * 17, "TOO_MANY_BOXES", "face_options.boxes"),
    ],
)
async def test_boxes_that_are_none_of_the_photo(
    stub: "pb_grpc.DetectorServiceAsyncStub", boxes: list[tuple[float, ...]], reason: str, field: str
) -> None:
    sent = [BoundingBox(left=box[0], top=box[1], width=box[2], height=box[3]) for box in boxes]
    request = pb.DetectRequest(
        content=encoded(Image.new("RGB", (10, 10)), "PNG"), face_options=pb.FaceOptions(boxes=sent)
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Detect(request)
    failure = failure_of(caught.value)
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, [field])

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.common.errors import InvalidArgumentError, Reason
from services.detector.detection_model import DetectionModel
from services.detector.detections import Detections
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions, ObjectOptions
from tests.detector.golden import GOLDEN, summary
from tests.detector.photos import encoded, portrait

BOTH = DetectOptions(faces=FaceOptions(include_crops=True))
SAMPLES: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))


def _numbers(found: Detections) -> tuple[Any, ...]:
    crops = [hashlib.sha256(face.crop.rgb.tobytes()).hexdigest() for face in found.faces if face.crop]
    return found.objects, [(face.box, face.landmarks, face.score) for face in found.faces], crops


@pytest.mark.parametrize("name", SAMPLES)
def test_finds_what_it_found_before(name: str, detector: Detector, samples_dir: Path) -> None:
    found = summary(detector.detect((samples_dir / name).read_bytes(), DetectOptions()))

    assert found["size"] == SAMPLES[name]["size"]
    for kind in ("objects", "faces"):
        assert len(found[kind]) == len(SAMPLES[name][kind])
        for item, golden in zip(found[kind], SAMPLES[name][kind], strict=True):
            assert item.get("label") == golden.get("label")
            assert item["score"] == pytest.approx(golden["score"], abs=0.02)
            assert item["box"] == pytest.approx(golden["box"], abs=2)
            for point, expected in zip(item.get("landmarks", []), golden.get("landmarks", []), strict=True):
                assert point == pytest.approx(expected, abs=2)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("obama.jpg", "person"),
        ("obama.jpg", "tie"),
        ("chelsea.png", "cat"),
        ("coffee.png", "cup"),
        ("motorcycle_left.png", "motorcycle"),
    ],
)
def test_finds_the_thing_in_the_photo(name: str, label: str, detector: Detector, samples_dir: Path) -> None:
    found = detector.detect((samples_dir / name).read_bytes(), DetectOptions(faces=None))

    assert label in {item.label for item in found.objects}
    assert found.object_model == "ssdlite-mobilenet-v2-coco"
    assert found.face_model == ""


def test_landmarks_lie_in_the_viewers_order(detector: Detector, samples_dir: Path) -> None:
    found = detector.detect((samples_dir / "astronaut.png").read_bytes(), DetectOptions(objects=None))

    (face,) = found.faces
    points = face.landmarks
    assert points is not None
    assert points.left_eye.x < points.nose.x < points.right_eye.x
    assert points.mouth_left.x < points.nose.x < points.mouth_right.x
    assert points.left_eye.y < points.nose.y < points.mouth_left.y
    assert found.object_model == ""


def test_boxes_are_clipped_to_the_photo(detector: Detector, samples_dir: Path) -> None:
    found = detector.detect(
        (samples_dir / "obama_partial_face.jpg").read_bytes(),
        DetectOptions(ObjectOptions(min_score=0.05), FaceOptions(0.05)),
    )

    assert found.faces[0].box.left == 0
    for box in [item.box for item in found.objects] + [face.box for face in found.faces]:
        assert box.left >= 0
        assert box.top >= 0
        assert 0 < box.width <= found.width - box.left + 1e-3
        assert 0 < box.height <= found.height - box.top + 1e-3


def test_options_restrict_the_answer(detector: Detector, samples_dir: Path) -> None:
    photo = (samples_dir / "obama.jpg").read_bytes()
    everything = detector.detect(photo, DetectOptions(ObjectOptions(min_score=0), FaceOptions(min_score=0)))

    assert len(everything.objects) == 100
    assert len(everything.faces) <= 256
    assert [item.score for item in everything.objects] == sorted((o.score for o in everything.objects), reverse=True)
    assert [item.score for item in everything.faces] == sorted((f.score for f in everything.faces), reverse=True)

    ties = detector.detect(photo, DetectOptions(ObjectOptions(labels=frozenset({"tie"}))))
    assert {item.label for item in ties.objects} == {"tie"}
    one = detector.detect(photo, DetectOptions(ObjectOptions(min_score=0, max_results=1), FaceOptions(0, 1)))
    assert one.objects == everything.objects[:1]
    assert one.faces == everything.faces[:1]
    assert not detector.detect(photo, DetectOptions(ObjectOptions(min_score=1), FaceOptions(min_score=1))).objects


def test_the_detectors_own_limits_come_first(
    object_model: DetectionModel, face_model: DetectionModel, samples_dir: Path
) -> None:
    small = Detector(object_model, face_model, max_objects=2, max_faces=3)

    found = small.detect(
        (samples_dir / "obama.jpg").read_bytes(),
        DetectOptions(ObjectOptions(min_score=0, max_results=50), FaceOptions(min_score=0, max_results=50)),
    )

    assert len(found.objects) == 2
    assert len(found.faces) == 3


def test_an_unknown_label_is_refused(detector: Detector, samples_dir: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="unicorn") as error:
        detector.detect(
            (samples_dir / "obama.jpg").read_bytes(), DetectOptions(ObjectOptions(labels=frozenset({"cat", "unicorn"})))
        )

    assert error.value.reason is Reason.LABEL_UNKNOWN
    assert error.value.field == "object_options.labels"


def test_threads_and_repetition_change_nothing(detector: Detector, samples_dir: Path) -> None:
    photos = [(samples_dir / name).read_bytes() for name in SAMPLES]
    alone = [_numbers(detector.detect(photo, BOTH)) for photo in photos]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda photo: _numbers(detector.detect(photo, BOTH)), photos * 4))

    assert together == alone * 4


def test_the_models_are_described(detector: Detector) -> None:
    objects, faces = detector.models()

    assert (objects.family, faces.family) == ("ssd", "centerface")
    assert len(objects.labels) == 80
    assert objects.execution_provider == "CPUExecutionProvider"
    assert faces.labels == ()


def test_warm_up_runs(detector: Detector) -> None:
    detector.warm_up()


def test_a_crop_is_ready_for_the_embedder(detector: Detector, samples_dir: Path) -> None:
    (face,) = detector.detect((samples_dir / "astronaut.png").read_bytes(), BOTH).faces

    assert face.crop is not None
    assert face.crop.rgb.shape == (160, 160, 3)
    assert face.crop.rgb.dtype == np.uint8
    assert face.crop.rgb.flags.c_contiguous


def test_quality_does_not_depend_on_what_else_is_asked_for(detector: Detector, samples_dir: Path) -> None:
    canvas = Image.new("RGB", (4000, 3000), (90, 110, 130))
    canvas.paste(portrait(samples_dir).resize((228, 284)), (1800, 1200))
    photo = encoded(canvas, "JPEG", quality=95)

    (plain,) = detector.detect(photo, DetectOptions(objects=None)).faces
    (cropped,) = detector.detect(photo, BOTH).faces

    assert plain.quality.sharpness == pytest.approx(cropped.quality.sharpness, rel=0.1)
    assert plain.quality.source_pixels == min(plain.box.width, plain.box.height)
    assert plain.quality.score > 0.7


def test_a_mirrored_face_looks_the_other_way(detector: Detector, samples_dir: Path) -> None:
    image = portrait(samples_dir).rotate(20)

    (one,) = detector.detect(encoded(image, "PNG"), DetectOptions(objects=None)).faces
    mirrored = encoded(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), "PNG")
    (other,) = detector.detect(mirrored, DetectOptions(objects=None)).faces

    assert other.quality.yaw == pytest.approx(-one.quality.yaw, abs=6)
    assert one.quality.roll == pytest.approx(-20, abs=6)
    assert other.quality.roll == pytest.approx(20, abs=6)


def test_a_cut_face_is_told_so(detector: Detector, samples_dir: Path) -> None:
    (face,) = detector.detect((samples_dir / "obama_partial_face.jpg").read_bytes(), DetectOptions(objects=None)).faces

    assert face.quality.truncation > 0
    assert face.quality.source_pixels > face.box.width

"""People as a whole: few photos through the running services; and the measurement on made-up faces."""

import re
from pathlib import Path

import numpy as np
import pytest
from rich.progress import Progress

from accuracy.data_source import REFERENCE_DIGEST, DataSource
from accuracy.detector_client import _cropped_faces
from accuracy.evaluation_data import FILES
from accuracy.people.document import render
from accuracy.people.extraction import extract_faces
from accuracy.people.gallery import Part
from accuracy.people.measurement import measure_people
from accuracy.people.photos import PeoplePhotos
from accuracy.people.plan import QUICK, Plan
from accuracy.people.sweep import Figure
from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.types.v1.geometry_pb2 import BoundingBox, PixelSize
from benchmarks.machine import Machine
from tests.accuracy.evaluation_folder import evaluation_folder
from tests.accuracy.people_examples import crowd

# Starts services and works through photos, on a busy machine too.
pytestmark = pytest.mark.timeout(600)
NAMES = ("B/B_0001", "A_C/A_C_0002", "A_C/A_C_0001", "A_C/A_C_0003", "D/D_0001", "D/D_0002")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    strangers = ("coco/images/7.jpg", "wider/images/event/8.jpg")
    for name, text in zip(FILES, ("1\t0\n", "{}", "{}"), strict=True):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    for name in (*(f"lfw/images/{name}.jpg" for name in NAMES), *strangers):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_known_photos_have_the_number_of_their_person(folder: Path) -> None:
    photos = PeoplePhotos.read(folder)
    assert [path.stem for path in photos.known] == ["A_C_0001", "A_C_0002", "A_C_0003", "B_0001", "D_0001", "D_0002"]
    assert photos.numbers() == (0, 0, 0, 1, 2, 2)
    assert [path.stem for path in photos.strangers] == ["7", "8"]


def test_a_sample_has_two_photos_of_each_person(folder: Path) -> None:
    sample = PeoplePhotos.read(folder).sample(1)
    assert [path.stem for path in sample.known] == ["A_C_0001", "A_C_0002"]
    assert len(sample.strangers) == 1


def test_only_the_face_nearest_to_the_middle_is_central() -> None:
    answer = pb.DetectResponse(image_size=PixelSize(width=100, height=100))
    for left in (0, 42, 80):
        answer.faces.add(box=BoundingBox(left=left, top=40, width=16, height=20), score=0.5, crop=pb.FaceCrop(rgb=b"x"))
    answer.faces[1].quality.score = 0.25
    faces = _cropped_faces(answer)
    assert [face.central for face in faces] == [False, True, False]
    assert (faces[1].box, faces[1].score, faces[1].quality, faces[1].rgb) == ((42, 40, 16, 20), 0.5, 0.25, b"x")
    assert _cropped_faces(pb.DetectResponse()) == []


def test_nobody_is_called_held_out_of_data_that_nothing_was_fitted_on(tmp_path: Path) -> None:
    faces = crowd(24, 2, strangers=6, spread=0.3)
    plan = Plan(((12, 1), (None, 1)), 12, 12, (0, 5))
    findings = measure_people(DataSource("other", "0" * 64, 2), faces, plan, tmp_path, Progress(disable=True))
    assert findings.parts() == [Part.EVERYONE]
    page = render(findings, Machine.here())
    assert "`other`, which is not the reference data" in page
    assert not re.search("held.out|one half of LFW", page)


def test_everything_is_measured_of_made_up_faces(tmp_path: Path) -> None:
    faces = crowd(24, 2, strangers=6, spread=0.3)
    plan = Plan(((12, 2), (None, 1)), 12, 12, (0, 5, 999))
    source = DataSource("reference", REFERENCE_DIGEST, 4)
    findings = measure_people(source, faces, plan, tmp_path, Progress(disable=True))
    assert [(one.draws.part, one.draws.size) for one in findings.comparisons] == [
        (part, size) for part in Part for size in (12, None)
    ]
    for one in findings.comparisons:
        assert min(one.layer.f, one.layer.bcubed_f) > 1 - 1e-9
        assert set(one.spread.values()) == ({0} if one.draws.size else set())
        assert all(swept.best(figure)[1].f > 0.9 for swept in one.sweeps for figure in Figure)
    assert findings.distraction.added == (0, 5, 24 * 2 + 6 - 12)
    assert [one.f for one in findings.distraction.curves["people layer"]] == [1, 1, 1]


def test_people_are_found_by_the_running_services(weights_dir: Path, tmp_path: Path) -> None:
    assert weights_dir.is_dir()
    photos = PeoplePhotos.read(evaluation_folder()).sample(10)
    faces = extract_faces(photos, tmp_path, Progress(disable=True))
    assert len(faces.known()) == 20
    assert (faces.people == -1).any()
    assert np.allclose(np.linalg.norm(faces.embeddings, axis=1), 1)
    findings = measure_people(photos.source, faces, QUICK, tmp_path, Progress(disable=True))
    assert all(one.layer.f > 0.7 for one in findings.comparisons)

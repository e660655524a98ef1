from pathlib import Path

import numpy as np

from accuracy.people.agreement import agreement
from accuracy.people.distractors import LAYER, distract, others_of
from accuracy.people.grouping import Task, group_all
from accuracy.people.people_layer import PeopleLayer, _analysis
from accuracy.people.rivals import DBSCAN
from tests.accuracy.people_examples import crowd, face_set


def test_a_library_says_who_is_who_in_the_order_of_adding(tmp_path: Path) -> None:
    faces = crowd(3, 4, strangers=2, spread=0.3)
    order = np.random.default_rng(0).permutation(len(faces))
    with PeopleLayer(tmp_path / "people.duckdb") as layer:
        layer.add(faces.take(order[:9]))
        layer.add(faces.take(order[9:]))
        labels = layer.labels()
    assert len(labels) == 14
    assert agreement(labels, faces.people[order]).f == 1
    assert (labels[faces.people[order] < 0] == -1).all()


def test_the_library_gets_what_the_services_said_of_a_face() -> None:
    faces = face_set(np.eye(2, 512), [0, 1], [0.9, 0.25])
    (face,) = _analysis(faces, 1, 7).faces
    assert (face.score, face.quality) == (0.9, 0.25)
    assert (face.box.left, face.box.top, face.box.width, face.box.height) == (10, 20, 80, 100)
    assert face.embedding.tolist() == np.eye(2, 512)[1].tolist()
    assert len({_analysis(faces, 1, place).sha256 for place in range(3)}) == 3


def test_libraries_are_read_at_each_reading_and_deleted(tmp_path: Path) -> None:
    faces = crowd(2, 3, spread=0.3)
    done: list[None] = []
    tasks = [Task(faces, (2, 6)), Task(faces.take(np.array([0, 3])), (2,))]
    (early, late), (apart,) = group_all(tasks, tmp_path, lambda: done.append(None))
    assert (early.tolist(), late.tolist(), apart.tolist()) == ([0, 0], [0, 0, 0, 1, 1, 1], [-1, -1])
    assert len(done) == 2
    assert list(tmp_path.iterdir()) == []


def test_distractors_are_everybody_else_and_only_the_gallery_counts() -> None:
    faces = crowd(4, 3, strangers=5, spread=0.3)
    gallery = np.array([3, 4, 5, 0, 1, 2])
    others = others_of(faces, gallery)
    assert sorted(others.tolist()) == list(range(6, 17))
    layer = {0: np.array([1, 1, 1, 0, 0, 0]), 11: np.array([1, 1, 1, 1, 1, 1])}
    distraction = distract(faces, gallery, others, layer, {DBSCAN: (0.4,)})
    assert (distraction.added, distraction.strangers, distraction.gallery) == ((0, 11), 5, 6)
    assert [one.f for one in distraction.curves["DBSCAN"]] == [1, 1]
    alone, among = distraction.curves[LAYER]
    assert alone.f == 1
    assert (among.precision, among.recall) == (6 / 15, 1)

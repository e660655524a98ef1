"""The made-up library is what it is said to be, curves are found again, and the page holds what was measured."""

import dataclasses
import os
import re
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import duckdb
import grpc
import numpy as np
import pytest

from albumen.detector.v1.detector_service_pb2 import DetectResponse
from albumen.embedder.v1.embedder_service_pb2 import EmbedRequest, EmbedResponse, FaceImage
from benchmarks.catalog.__main__ import render
from benchmarks.catalog.claims import CLAIMS, LARGE, SMALL
from benchmarks.catalog.fakes import FakeDetector, FakeEmbedder
from benchmarks.catalog.findings import CALLS, Findings
from benchmarks.catalog.growth import Growth, Shape
from benchmarks.catalog.internals import blocks_of, drop_snapshot, fill_library
from benchmarks.catalog.measuring import Budget, measure_call
from benchmarks.catalog.photo import make_photo, read_photo
from benchmarks.catalog.recipe import STRANGER, Recipe, label_chances, label_names, sha256_of
from benchmarks.catalog.results import BEFORE, NOW, Result, load_results
from benchmarks.catalog.service import RunningCatalog
from benchmarks.catalog.thumbnails import make_thumbnails
from benchmarks.catalog.twin import fill_twin, measure_twin
from benchmarks.clustering.embeddings import measure_distances
from benchmarks.machine import Machine
from benchmarks.serving.row import Sense
from benchmarks.usage import usage_of
from services.catalog.indexing.exif import read_exif
from services.catalog.library import Library
from services.common.image_header import read_header
from services.common.limits import ImageLimits
from services.common.wire.channel import DIRECT

RECIPE = Recipe(500)
SIZES = (SMALL, 20_000, LARGE, 500_000)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "default.duckdb"
    fill_library(path, RECIPE)
    return path


@pytest.fixture
def library(filled: Path, tmp_path: Path) -> Iterator[Library]:
    path = tmp_path / filled.name
    path.write_bytes(filled.read_bytes())
    opened = Library(path, "default")
    yield opened
    opened.close()


@pytest.mark.parametrize("photos", SIZES)
def test_a_tenth_of_the_identities_are_people_and_the_rest_strangers(photos: int) -> None:
    sizes = Recipe(photos).sizes
    strangers = photos - sizes.sum()
    assert len(sizes) / (len(sizes) + strangers) == pytest.approx(0.1, rel=0.02)
    assert 2 <= sizes.min() <= sizes.max() <= 500


def test_the_number_of_people_falls_with_the_square_of_their_faces() -> None:
    sizes = Recipe(500_000).sizes
    counts = np.bincount(sizes)
    for faces in (4, 8, 16):
        assert counts[2] / counts[faces] == pytest.approx((faces / 2) ** 2, rel=0.1)


def test_faces_lie_like_those_of_facenet() -> None:
    block = next(Recipe(2500).blocks())
    who = block.people.copy()
    strange = who == STRANGER
    who[strange] = -np.arange(1, strange.sum() + 1)
    found = measure_distances(block.embeddings, who)
    assert found.same_mean == pytest.approx(0.31, abs=0.05)
    assert found.other_mean == pytest.approx(0.97, abs=0.02)
    assert found.other_least == pytest.approx(0.65, abs=0.06)


def test_newcomers_are_half_of_the_people_and_not_in_the_library() -> None:
    recipe = Recipe(2000)
    newcomers = recipe.newcomers(300)
    known = np.concatenate([block.embeddings for block in recipe.blocks()])
    nearest = (newcomers @ known.T).max(axis=1)
    assert nearest.max() < 0.999
    assert 0.3 < (nearest > 0.55).mean() < 0.75


def test_a_recipe_makes_the_same_rows_again() -> None:
    one, other = (next(Recipe(500).blocks()) for _ in range(2))
    assert one.thumbnails == other.thumbnails
    np.testing.assert_array_equal(one.embeddings, other.embeddings)
    assert Recipe(500).digest != Recipe(501).digest != Recipe(501, seed=1).digest


def test_thumbnails_are_as_large_as_real_ones_and_differ() -> None:
    made = make_thumbnails(np.random.default_rng(0), 200)
    assert len(set(made)) == 200
    assert np.mean([len(each) for each in made]) == pytest.approx(4000, rel=0.05)
    assert read_header(made[0], ImageLimits()).mime_type == "image/jpeg"


def test_the_product_opens_the_filled_library_and_finds_everything(library: Library) -> None:
    record = library.record()
    assert (record.image_count, record.face_count) == (500, 500)
    assert record.person_count == len(RECIPE.sizes)
    image = library.find_image(sha256_of(500, 7))
    assert image is not None
    assert len(image.objects) == 3
    assert len(image.faces) == 1
    assert image.exif.camera_make
    assert image.source_uris[0].startswith("file:///photos/20")
    other = library.find_image(sha256_of(500, 8))
    assert other is not None
    assert other.exif.camera_make is None


def test_the_filled_library_holds_the_recipes_people(library: Library) -> None:
    people = library.list_people(limit=100).items
    assert [person.face_count for person in people] == RECIPE.sizes.tolist()[: len(people)]
    assert all(person.cover_face_id for person in people)


def test_blocks_of_a_closed_library_are_counted(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / filled.name
    path.write_bytes(filled.read_bytes())
    drop_snapshot(path)
    total, free = blocks_of(path)
    assert 0 <= free < total


def test_sqlite_holds_the_same_rows(filled: Path, tmp_path: Path) -> None:
    fill_twin(tmp_path / "sqlite.db", RECIPE)
    ours, theirs = duckdb.connect(filled, read_only=True), sqlite3.connect(tmp_path / "sqlite.db")
    for table in ("image", "source", "object", "face", "label"):
        query = f"SELECT count(*) FROM {table}"  # noqa: S608
        assert ours.execute(query).fetchone() == theirs.execute(query).fetchone()
    query = "SELECT person, embedding, thumbnail FROM face WHERE id = 77"
    assert ours.execute(query).fetchone() == theirs.execute(query).fetchone()
    ours.close()
    theirs.close()
    values = measure_twin(tmp_path / "sqlite.db", RECIPE, calls=2)
    assert all(figure >= 0 for figures in values.values() for figure in figures)


def test_a_photo_tells_its_number_and_whether_there_is_a_face() -> None:
    for number, has_face in ((0, True), (7, False), (123_456_789, True)):
        photo = make_photo(number, has_face=has_face)
        assert read_photo(photo) == (number, has_face)
        assert read_header(photo, ImageLimits()).mime_type == "image/jpeg"
    assert read_exif(make_photo(1)).camera_make == "Canon"
    assert read_exif(make_photo(2)).camera_make is None


def test_the_fakes_give_each_photo_its_own_face() -> None:
    faces = np.eye(4, 512, dtype=np.float32)
    detector, embedder = FakeDetector(), FakeEmbedder(faces)
    for number in (0, 3, 6):
        seen = DetectResponse.FromString(detector.detect(make_photo(number)))
        assert len(seen.objects) == 3
        crop = seen.faces[0].crop.rgb
        assert len(crop) == 160 * 160 * 3
        request = EmbedRequest(faces=[FaceImage(rgb=crop)])
        answer = EmbedResponse.FromString(embedder.embed(request.SerializeToString()))
        assert answer.results[0].embedding == faces[number % 4].tobytes()
    assert not DetectResponse.FromString(detector.detect(make_photo(1, has_face=False))).faces


def test_labels_follow_a_power_law() -> None:
    chances = label_chances()
    assert chances.sum() == pytest.approx(1)
    assert chances[0] / chances[9] == pytest.approx(10)
    assert len(chances) == len(label_names()) == 80


@pytest.mark.parametrize(("budget", "calls"), [(Budget(5, 100), 5), (Budget(100, 0), 3)])
def test_a_round_ends_with_its_calls_or_its_seconds_but_not_before_three(budget: Budget, calls: int) -> None:
    with grpc.insecure_channel("127.0.0.1:1", options=DIRECT) as channel:
        here = RunningCatalog("127.0.0.1:1", os.getpid(), channel, usage_of(os.getpid()))
        made = count()
        values = measure_call(here, "ask", lambda: next(made), budget, rounds=2)
    assert values["ask.calls"] == [2 * calls]
    assert next(made) == 2 * calls + 3, "three more to warm up"
    assert len(values["ask.cpu"]) == len(values["ask.yardstick"]) == 2
    assert values["ask.p50"] <= values["ask.p99"] <= values["ask.max"]


@pytest.mark.parametrize(
    ("figures", "shape", "slope"),
    [
        ([5.0, 5.2, 4.9, 5.1], Shape.CONSTANT, 0),
        ([9.0, 5.0, 3.0, 2.0], Shape.CONSTANT, 0),
        ([3.0, 4.3, 5.0, 5.7], Shape.LOGARITHMIC, 1),
        ([2.0, 3.9, 12.1, 51.9], Shape.LINEAR, 1e-4),
    ],
)
def test_a_curve_is_found_again(figures: list[float], shape: Shape, slope: float) -> None:
    found = Growth.fit(dict(zip(SIZES, figures, strict=True)))
    assert found is not None
    assert found.shape is shape
    assert found.slope == pytest.approx(slope, rel=0.05)
    assert shape.value in str(found)


def test_two_sizes_make_no_curve() -> None:
    assert Growth.fit({1000: 1.0, 2000: 2.0}) is None


def test_a_result_keeps_what_is_not_measured_again(tmp_path: Path) -> None:
    first = Result(NOW, SMALL, Machine.here(), {"index.cpu": [5.0], "get_image.cpu": [1.0]})
    first.save(tmp_path)
    dataclasses.replace(first, values={"get_image.cpu": [2.0]}).save(tmp_path)
    (found,) = load_results(tmp_path).values()
    assert found.values == {"index.cpu": [5.0], "get_image.cpu": [2.0]}
    assert found.machine == first.machine


def results(factor: float) -> dict[tuple[str, int], Result]:
    """Return figures that are `factor` of the bars now, and ten times that before; index grows linearly."""
    found = {}
    for label, times in ((NOW, factor), (BEFORE, 10 * factor)):
        for photos in SIZES:
            values = {claim.name: [times * claim.bar] for claim in CLAIMS}
            values |= {
                f"{name}.{each}": [1.0] for name in CALLS for each in ("cpu", "p50", "p99", "max", "yardstick", "calls")
            }
            values |= {"sqlite_get.cpu": [0.5], "index.cpu": [times * (1 + photos / SMALL)]}
            values["parallel.rate"] = [100.0 if label == NOW else 10.0]
            found[label, photos] = Result(label, photos, Machine.here(), values)
    return found


def test_a_claim_is_met_missed_or_not_measured() -> None:
    large = next(claim for claim in CLAIMS if claim.name == "recluster.cpu")
    assert large.cells(results(0.5))[-1] == "met"
    assert large.cells(results(0.5))[1] == "225 s"
    assert large.cells(results(1.5))[-1] == "**not met**"
    assert large.cells({})[-1] == "not measured"


def test_ratios_are_taken_with_the_small_library_and_with_before() -> None:
    found = results(0.5)
    ratios = [claim for claim in CLAIMS if claim.name == "index.cpu" and claim.unit == "x"]
    assert [claim.figures(found, NOW) for claim in ratios] == [[50.5], [250.5]]
    faster = next(claim for claim in CLAIMS if claim.name == "parallel.rate")
    assert faster.sense is Sense.AT_LEAST
    assert faster.figures(found, NOW) == [10.0]
    assert faster.cells(found)[-1] == "met"


def test_the_page_holds_every_table_and_names_why_rows_grow() -> None:
    findings = Findings(results(0.5))
    page = render(findings, "python -m benchmarks.catalog --size 100000")
    for table in (findings.claims(), findings.growth(NOW), findings.growth(BEFORE)):
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.to_markdown() in page
    assert "index a photo of one face: An exact search" in page
    assert "GetImage: " not in page
    assert not re.search(r"\bnan\b|\binf\b", page)


def test_what_was_before_stands_beside_what_is_now() -> None:
    found = results(0.5)
    (row,) = [row for row in Findings(found).waits(found[NOW, LARGE]).rows if row[0] == "index a photo of one face"]
    assert row[1] == "50.5"
    assert row[-3:] == ("505", "1.00", "1.00")


def test_a_page_can_be_made_of_little() -> None:
    little = Findings({(BEFORE, SMALL): Result(BEFORE, SMALL, Machine.here(), {"get_image.cpu": [5.0]})})
    assert "| GetImage | 5.00 | - |" in render(little, "python -m benchmarks.catalog")

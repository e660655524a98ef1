"""The harness as a whole, on a few photos; it needs the evaluation data, which is no part of the project."""

import re
from pathlib import Path

import pytest
import typer
from rich.progress import Progress
from typer.testing import CliRunner

from accuracy.__main__ import accuracy
from accuracy.document import render
from accuracy.evaluation_data import EvaluationData
from accuracy.face_detection import Runner
from accuracy.findings import Findings
from accuracy.measurement import measure
from benchmarks.machine import Machine
from tests.accuracy.evaluation_folder import evaluation_folder

# Starts services and works through photos, on a busy machine too.
pytestmark = pytest.mark.timeout(600)
PHOTOS = 20


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    return EvaluationData.read(evaluation_folder()).sample(PHOTOS)


@pytest.fixture(scope="module")
def findings(data: EvaluationData, weights_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    assert weights_dir.is_dir()
    return measure(data, tmp_path_factory.mktemp("accuracy"), Progress(disable=True))


def test_service_and_direct_run_agree_on_faces(findings: Findings) -> None:
    service, direct = findings.faces.precisions[Runner.SERVICE], findings.faces.precisions[Runner.DIRECT]
    for subset, precision in service.items():
        assert precision == pytest.approx(direct[subset], abs=0.02)
        assert precision > 0.5


def test_service_and_direct_run_agree_on_objects(findings: Findings) -> None:
    objects = findings.objects
    assert objects.service.mean == pytest.approx(objects.direct.mean, abs=0.03)
    assert objects.service_tags.f1 == pytest.approx(objects.direct_tags.f1, abs=0.05)
    assert objects.service_tags.precision > 0.7


def test_every_embedder_tells_people_apart(findings: Findings) -> None:
    assert findings.embedders
    assert findings.photos_without_face == 0
    for one in findings.embedders:
        assert one.verification.area > 0.95
        assert one.verification.accuracy > 0.75


def test_the_document_holds_every_table(findings: Findings, data: EvaluationData) -> None:
    document = render(findings, data, Machine.here())
    for table in findings.tables().values():
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.to_markdown() in document
    assert not re.search(r"\bnan\b|\binf\b", document)
    assert all(f"{value:.4f}" in document for one in findings.embedders for value in one.verification.fold_accuracies)


def test_without_evaluation_data_one_line_says_so(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(accuracy)
    arguments = ["--output", str(tmp_path / "accuracy.md")]
    environment = {"ALBUMEN_EVAL_DIR": None}
    result = CliRunner().invoke(app, arguments, env=environment)
    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith("Nothing measured: no evaluation data is named. Name its folder: `make accuracy EVAL=DIR`")
    result = CliRunner().invoke(app, ["--eval", str(tmp_path), *arguments], env=environment)
    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith("Nothing measured: ")
    assert "lfw/pairs_dev.txt, wider/faces.json, coco/instances.json" in line
    assert not (tmp_path / "accuracy.md").exists()

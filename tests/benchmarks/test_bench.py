import re
from pathlib import Path

import pytest
from rich.progress import Progress

from benchmarks.__main__ import measure
from benchmarks.document import render
from benchmarks.findings import Findings
from benchmarks.machine import Machine
from benchmarks.run import BASELINES, System
from benchmarks.stages import DECODE, EMBED, FACES, LOOK_UP, OBJECTS, STORE

PHOTOS = 3
SERVICES = {"detector", "embedder", "catalog"}


# Starts services and works through photos, on a busy machine too.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path, samples_dir: Path) -> Findings:
    assert weights_dir.is_dir()
    assert samples_dir.is_dir()
    folder = tmp_path_factory.mktemp("bench")
    return measure(folder, Progress(disable=True), PHOTOS, rounds=1, starts=1, in_flight=2, skip_size=True)


def test_every_system_analyses_every_photo(findings: Findings) -> None:
    (one,) = findings.rounds
    assert set(one) == set(System)
    for run in one.values():
        assert run.photos == PHOTOS
        assert run.photos_per_second > 0
        assert run.cpu_per_photo > 0
        assert run.faces > 0
    assert set(one[System.SERVICES].cpu_seconds) == SERVICES | {"client"}
    assert min(one[system].peak_bytes for system in BASELINES) > 0


def test_every_service_is_measured(findings: Findings) -> None:
    assert set(findings.idle) == set(findings.used) == set(findings.startups[0].services) == SERVICES
    for name in SERVICES:
        assert 0 < findings.idle[name].resident_bytes <= findings.used[name].peak_bytes
        assert 0 < findings.startups[0].services[name] <= findings.startups[0].ready
    assert all(findings.stages[stage] > 0 for stage in (DECODE, OBJECTS, FACES, EMBED, LOOK_UP, STORE))


def test_the_document_holds_every_table(findings: Findings) -> None:
    document = render(findings, Machine.here(), "python -m benchmarks", in_flight=2)
    for table in findings.tables().values():
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.to_markdown() in document
    assert not re.search(r"\bnan\b|\binf\b", document)

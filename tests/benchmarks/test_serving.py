import dataclasses
import re
from pathlib import Path

import pytest
from rich.progress import Progress

from benchmarks.machine import Machine
from benchmarks.serving.__main__ import Plan, measure
from benchmarks.serving.document import render
from benchmarks.serving.findings import Findings
from benchmarks.serving.load import open_loop, p99
from benchmarks.serving.row import Row, Sense
from services.common.errors import Reason, ResourceExhaustedError

# Starts services and works through photos, on a busy machine too.
pytestmark = pytest.mark.timeout(600)
PLAN = Plan(rounds=1, seconds=0.2, photos=4, large=2, requests=12, memory_seconds=60)
FASTER = Row("speed", 3.0, 2.5, Sense.AT_LEAST, "x", (2.9, 3.1), "cost")


@pytest.fixture(scope="module")
async def findings(tmp_path_factory: pytest.TempPathFactory, weights_dir: Path, samples_dir: Path) -> Findings:
    assert weights_dir
    assert samples_dir
    return await measure(tmp_path_factory.mktemp("serving"), Progress(disable=True), PLAN)


def test_every_way_does_work(findings: Findings) -> None:
    (embedding,), (detection,), (indexing,) = findings.embedding, findings.detection, findings.indexing
    for spent in (*embedding.served.values(), embedding.fp32, embedding.int8, detection.served, detection.naive):
        assert spent.units > 0
        assert spent.cpu_per_unit > 0
    assert indexing.run.faces == 2 * PLAN.photos
    assert indexing.stage_cpu > 0
    assert set(findings.health) == {"detector", "embedder"}
    assert all(checks for rounds in findings.health.values() for checks in rounds)


def test_every_request_for_memory_is_sent(findings: Findings) -> None:
    assert set(findings.memory) == {"detector", "embedder", "catalog"}
    for growth in findings.memory.values():
        assert growth.requests == PLAN.requests
        assert growth.before > 0


def test_the_document_holds_every_claim_and_table(findings: Findings) -> None:
    document = render(findings, Machine.here(), "python -m benchmarks.serving", queue=32)
    for table in (findings.claims(), *findings.tables().values()):
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.to_markdown() in document
    for row in findings.rows():
        assert (f"- **{row.claim}**: {row.cost}" in document) is not row.met
    assert not re.search(r"\bnan\b|\binf\b", document)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (FASTER, True),
        (dataclasses.replace(FASTER, figure=2.4), False),
        (dataclasses.replace(FASTER, sense=Sense.AT_MOST), False),
        (dataclasses.replace(FASTER, failed="no RetryInfo"), False),
    ],
)
def test_a_bar_is_met_or_not(row: Row, met: bool) -> None:
    assert row.met is met
    assert ("not met" in row.cells()[-1]) is not met


async def test_refusals_are_told_from_answers() -> None:
    calls = 0

    async def every_other() -> int:
        nonlocal calls
        calls += 1
        if calls % 2:
            raise ResourceExhaustedError(Reason.OVERLOADED, "full", retry_after=None if calls % 4 == 1 else 0.1)
        return 1

    found = await open_loop(every_other, rate=1000, seconds=0.1, seed=1)
    assert len(found.accepted) + len(found.refused) == calls
    assert len(found.refused) == -(-calls // 2)
    assert found.without_retry == -(-calls // 4)
    assert 0 < p99(found.refused) < found.seconds

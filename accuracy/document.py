"""Renders docs/accuracy.md from the results."""

import math

from accuracy import face_detection, object_detection
from accuracy.evaluation_data import EvaluationData
from accuracy.face_verification import photos_of
from accuracy.findings import ACCURATE_ACCURACY, Findings, title
from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown


def render(findings: Findings, data: EvaluationData, machine: Machine) -> str:
    """Return the document as Markdown."""
    return render_markdown(
        "accuracy",
        machine=machine,
        findings=findings,
        source=data.source,
        tables=findings.tables(),
        title=title,
        wanted=ACCURATE_ACCURACY,
        accurate=any("accurate" in title(one) for one in findings.embedders),
        met=sum(bar.met for bar in findings.bars()),
        bars=len(findings.bars()),
        pairs=len(data.pairs),
        error=_standard_error(findings, len(data.pairs)),
        folds=len({pair.fold for pair in data.pairs}),
        different=sum(not pair.same for pair in data.pairs),
        people_photos=len(photos_of(data.pairs)),
        face_score=face_detection.MIN_SCORE,
        object_score=object_detection.MIN_SCORE,
        face_photos=len(data.faces),
        faces=sum(len(photo.boxes) for photo in data.faces),
        object_photos=len(data.objects.photos),
        objects=sum(len(photo.boxes) for photo in data.objects.photos),
    )


def _standard_error(findings: Findings, pairs: int) -> float:
    """Return the standard error of a share of right pairs, in points: that of the best embedder."""
    best = max(one.verification.accuracy for one in findings.embedders)
    return 100 * math.sqrt(best * (1 - best) / pairs)

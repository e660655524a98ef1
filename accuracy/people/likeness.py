"""Fits how likely two faces are one person's: `python -m accuracy.people.likeness DIR`.

On the pairs of LFW, of which half are one person's, by logistic regression of the evidence (Platt, Probabilistic
outputs for support vector machines, 2000). How well it holds is told of pairs of other folds, and so of other people,
than those that a curve was fitted on.
"""

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from accuracy.detector_client import DetectorClient
from accuracy.embedder_client import EmbedderClient
from accuracy.face_verification import crop_faces, photos_of
from accuracy.lfw import read_pairs
from accuracy.services import running
from benchmarks.progress import bars, step
from services.catalog.people.likeness import MIDDLE, WIDTH, evidence_of_pairs

_BINS: Final = (0.0, 0.02, 0.1, 0.3, 0.7, 0.9, 0.98, 1.0)
_UNREGULARISED: Final = np.inf

Numbers = NDArray[np.float64]


def fit(evidence: Numbers, same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the middle and the width, in nats, of the logistic curve that fits pairs, float64 [n] and bool [n]."""
    model = LogisticRegression(C=_UNREGULARISED).fit(evidence[:, np.newaxis], same)
    width = 1 / float(model.coef_[0, 0])
    return -float(model.intercept_[0]) * width, width


def held_out(evidence: Numbers, same: NDArray[np.bool_], folds: NDArray[np.int64]) -> Numbers:
    """Return the probability of each pair, float64 [n], by a curve that was fitted on the other folds."""
    found = np.empty(len(evidence))
    for fold in np.unique(folds):
        middle, width = fit(evidence[folds != fold], same[folds != fold])
        found[folds == fold] = 1 / (1 + np.exp((middle - evidence[folds == fold]) / width))
    return found


def main(evaluation: Annotated[Path, typer.Argument(metavar="DIR", help="The evaluation data.")]) -> None:
    """Fit the curve, and say how well it holds."""
    console = Console(highlight=False)
    pairs = read_pairs(evaluation)
    photos = photos_of(pairs)
    with tempfile.TemporaryDirectory(prefix="albumen-likeness-") as name, bars(console) as progress:
        folder = Path(name)
        with running("detector", folder / "detector") as channel, step(progress, "Faces", len(photos)) as advance:
            crops = crop_faces(DetectorClient(channel), photos, advance)
        with running("embedder", folder / "embedder") as channel:
            embeddings = dict(zip(crops, EmbedderClient(channel).embed(list(crops.values())), strict=True))
    known = [pair for pair in pairs if pair.first in embeddings and pair.second in embeddings]
    evidence = np.array([_evidence(embeddings[pair.first], embeddings[pair.second]) for pair in known])
    same, folds = np.array([pair.same for pair in known]), np.array([pair.fold for pair in known])
    middle, width = fit(evidence, same)
    console.print(f"{len(known):,} of {len(pairs):,} pairs. Middle {middle:.2f} nats, width {width:.2f}.")
    console.print(f"likeness.py has {MIDDLE:.2f} and {WIDTH:.2f}.")
    console.print(_table(held_out(evidence, same, folds), same))


def _evidence(first: Numbers, second: Numbers) -> float:
    one, other = first.astype(np.float32), second.astype(np.float32)
    return float(evidence_of_pairs(one[np.newaxis], other[np.newaxis])[0, 0])


def _table(probabilities: Numbers, same: NDArray[np.bool_]) -> Table:
    table = Table("probability", "pairs", "mean probability", "one person")
    for low, high in pairwise(_BINS):
        among = (probabilities >= low) & ((probabilities < high) | (high == 1))
        if among.any():
            mean, share = probabilities[among].mean(), same[among].mean()
            table.add_row(f"{low:g} to {high:g}", f"{among.sum():,}", f"{mean:.3f}", f"{share:.3f}")
    right, brier = ((probabilities > 0.5) == same).mean(), ((probabilities - same) ** 2).mean()  # noqa: PLR2004
    table.caption = f"{right:.4f} are on the right side of one half; Brier score {brier:.4f}."
    return table


if __name__ == "__main__":
    typer.run(main)

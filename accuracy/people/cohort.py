"""Makes the cohort that the catalog reads hubness off: `python -m accuracy.people.cohort`.

Of the half of the people that the people layer was fitted on, the mean face of each; of these, 64 means by k-means
(Lloyd, 1982; Arthur and Vassilvitskii, k-means++, 2007). Each stands for some seventeen people and for none of them.
"""

import tempfile
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from sklearn.cluster import KMeans

from accuracy.people.extraction import extract_faces
from accuracy.people.face_set import FaceSet
from accuracy.people.gallery import fitted
from accuracy.people.photos import PeoplePhotos
from benchmarks.progress import bars
from services.catalog.people.hubness import COHORT_FILE, NEAREST

_DIRECTIONS: Final = 64
_STARTS: Final = 3


def make_cohort(faces: FaceSet) -> NDArray[np.float32]:
    """Return the cohort, unit float32 [64, dimension]."""
    means = [faces.embeddings[faces.people == person].mean(axis=0) for person in fitted(faces.people)]
    centres = KMeans(_DIRECTIONS, n_init=_STARTS, random_state=0).fit(_unit(np.stack(means))).cluster_centers_
    return _unit(centres).astype(np.float32)


def usual(faces: FaceSet, cohort: NDArray[np.float32]) -> float:
    """Return the median over the faces of the fitted people of the mean similarity to the nearest of the cohort."""
    known = faces.embeddings[np.isin(faces.people, fitted(faces.people))]
    nearest = np.sort(known @ cohort.T, axis=1)[:, -NEAREST:]
    return float(np.median(nearest.mean(axis=1)))


def main(
    evaluation: Annotated[Path, typer.Argument(metavar="DIR", help="The evaluation data.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="The file to write.")] = COHORT_FILE,
) -> None:
    """Make the cohort, and say what its usual is."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="albumen-cohort-") as folder, bars(console) as progress:
        faces = extract_faces(PeoplePhotos.read(evaluation), Path(folder), progress)
    cohort = make_cohort(faces).astype(np.float16)
    np.save(output, cohort, allow_pickle=False)
    middle = usual(faces, cohort.astype(np.float32))
    console.print(f"Written: {output.name}. The usual of hubness.py is {middle:.3f}.")


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


if __name__ == "__main__":
    typer.run(main)

"""Photos that are stored together, around whose faces is looked once, end up as if each had come alone."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.people.correction import Correction
from services.catalog.people.faces import Faces
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import Keys
from tests.catalog.clustering.synthetic import Embeddings
from tests.catalog.people.likenesses import Likenesses
from tests.catalog.people.memory_transaction import MemoryTransaction


def photos_of_six(seed: int) -> tuple[Embeddings, npt.NDArray[np.float64]]:
    """Return faces of six people, and how well each can be seen: some alike, some hardly, one in eight blurred."""
    generator, likenesses = np.random.default_rng(seed), Likenesses()
    rows = [likenesses.of(int(generator.integers(6)), float(generator.uniform(0.5, 0.95))) for _ in range(96)]
    return np.stack(rows), np.where(generator.random(96) < 1 / 8, 0.0, 1.0)


def grouped(embeddings: Embeddings, quality: npt.NDArray[np.float64], together: int) -> list[int]:
    """Return the person of each face, where so many photos of two faces each are stored together."""
    empty, numbers = np.empty(0, np.int64), itertools.count(1)
    none = Faces(empty, empty, np.empty((0, 512), np.float32), np.empty(0), np.empty(0, np.float32))
    grouping = Grouping(ClusteringParameters(), none)

    def faces(keys: Keys) -> Faces:
        return Faces(keys + 1, keys // 2, embeddings[keys], quality[keys], np.ones(len(keys), np.float32))

    for start in range(0, len(embeddings), 2 * together):
        if start == len(embeddings) // 2:
            # A user keeps somebody together, whose parts are then told by all of their faces.
            person = next(person for person in grouping.people_of(range(1, start)) if person)
            moves = dict.fromkeys(grouping.faces_of(person).tolist(), person)
            said = Correction(moves, curated=frozenset({person}))
            grouping.correct(said, MemoryTransaction(), lambda: next(numbers))
        keys = np.arange(start, min(start + 2 * together, len(embeddings)))
        around = grouping.look_around(faces(keys))
        for photo in np.split(keys, len(keys) // 2):
            grouping.insert(faces(photo), MemoryTransaction(), lambda: next(numbers), around)
    return grouping.people_of(range(1, len(embeddings) + 1))


@pytest.mark.parametrize("seed", [0, 3])
def test_faces_find_the_same_people_together_as_alone(seed: int) -> None:
    embeddings, quality = photos_of_six(seed)
    alone = grouped(embeddings, quality, 1)
    assert len(set(alone)) > 3
    assert grouped(embeddings, quality, 8) == alone
    assert grouped(embeddings, quality, 24) == alone

"""The ranking of people against one that looks at every face of everybody."""

import contextvars
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.clustering.similarity import cosine_distance
from services.catalog.people.faces import Faces
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.search import people_ranking
from services.catalog.search.face_ranking import MAX_DISTANCE
from services.catalog.search.people_ranking import RankedPerson, rank_people
from services.common.cancellation import Cancellation, set_cancellation
from services.common.errors import DeadlineExceededError
from tests.catalog.clustering.synthetic import galleries

_Vectors = npt.NDArray[np.float32]


def _faces(count: int, people: int, seed: int) -> Faces:
    """Return faces of people and of nobody, some of them equal to others, and a few that can hardly be seen."""
    generator = np.random.default_rng(seed)
    vectors = galleries(count, people, seed=seed)[generator.integers(0, count, count)]
    ids = np.cumsum(generator.integers(1, 3, count))
    return Faces(
        ids=ids,
        images=ids.copy(),
        embeddings=vectors,
        quality=np.where(generator.random(count) < 0.1, 0.0, 1.0),
        scores=np.ones(count, np.float32),
        people=generator.integers(NOBODY, people + 1, count).astype(np.int32),
        pinned=np.zeros(count, np.bool_),
    )


def _grouping(faces: Faces) -> Grouping:
    # It takes the embeddings over.
    return Grouping(ClusteringParameters(min_quality=0.5), replace(faces, embeddings=faces.embeddings.copy()))


def _rank_all(
    faces: Faces, queries: _Vectors, limit: int, max_distance: float, own_face: int | None, left_out: Collection[int]
) -> list[RankedPerson]:
    every = np.min([cosine_distance(query[np.newaxis], faces.embeddings) for query in queries], axis=0)
    distances = every.clip(0, MAX_DISTANCE)
    ranked = []
    for person in sorted(set(faces.people.tolist()) - {NOBODY, *left_out}):
        rows = np.flatnonzero((faces.people == person) & (faces.ids != own_face))
        nearest = sorted(zip(distances[rows].tolist(), faces.ids[rows].tolist(), strict=True))[:3]
        if nearest:
            mean = sum(distance for distance, _ in nearest) / len(nearest)
            ranked.append(RankedPerson(person, mean, tuple(face for _, face in nearest)))
    ranked.sort(key=lambda one: (one.distance, one.number))
    return [one for one in ranked[:limit] if one.distance <= max_distance]


def kwdefaults(made: type) -> dict[str, Any]:
    """Return what stands for arguments of a class that are not given."""
    defaults: dict[str, Any] = made.__init__.__kwdefaults__  # type: ignore[misc]
    return defaults


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_people_are_ranked_as_by_looking_at_all_of_their_faces(data: st.DataObject) -> None:
    count, people = data.draw(st.integers(1, 120)), data.draw(st.integers(1, 30))
    faces = _faces(count, people, seed=data.draw(st.integers(0, 1_000)))
    own_face = data.draw(st.none() | st.sampled_from(faces.ids.tolist()))
    if own_face is None:
        queries = galleries(data.draw(st.integers(1, 3)), people, seed=data.draw(st.integers(1_001, 2_000)))
    else:
        queries = faces.embeddings[faces.ids == own_face]
    limit = data.draw(st.integers(1, 4) | st.integers(1, people + 1))
    max_distance = data.draw(st.sampled_from([MAX_DISTANCE, 0.9, 0.5, 0.0]))
    left_out = data.draw(st.sets(st.integers(1, people), max_size=3))
    expected = _rank_all(faces, queries, limit, max_distance, own_face, left_out)
    with (
        # Codes are all that is looked at of most faces, once there are enough to learn them from.
        mock.patch.dict(kwdefaults(IncrementalDbscan), sample=data.draw(st.sampled_from([16, 4096]))),
        mock.patch.dict(kwdefaults(NeighborIndex), sample=8),
    ):
        grouping = _grouping(faces)
    # So few are looked at first that most people are in doubt, or missing.
    with (
        mock.patch.object(people_ranking, "_FACES_A_PERSON", data.draw(st.integers(1, 3))),
        mock.patch.object(people_ranking, "_COMPARED_AT_ONCE", data.draw(st.integers(1, 20))),
    ):
        found = rank_people(grouping, queries, limit, max_distance=max_distance, own_face=own_face, left_out=left_out)
    assert found == expected


@pytest.mark.parametrize(("faces_a_person", "limit"), [(1, 2), (3, 3), (8, 4)])
def test_who_is_missing_among_the_nearest_faces_is_found_all_the_same(faces_a_person: int, limit: int) -> None:
    with mock.patch.object(people_ranking, "_FACES_A_PERSON", faces_a_person):
        for seed in range(40):
            faces = _faces(100, 25, seed)
            own_face = int(faces.ids[seed])
            queries = faces.embeddings[[seed]]
            found = rank_people(_grouping(faces), queries, limit, own_face=own_face)
            assert found == _rank_all(faces, queries, limit, MAX_DISTANCE, own_face, ())


def test_a_search_ends_once_nobody_waits_for_it() -> None:
    faces = _faces(100, 25, 0)
    grouping = _grouping(faces)
    cancellation = Cancellation()
    context = contextvars.copy_context()
    context.run(set_cancellation, cancellation)

    def search() -> list[RankedPerson]:
        return rank_people(grouping, faces.embeddings[[0]], 3)

    assert context.run(search)
    cancellation.cancel()
    with pytest.raises(DeadlineExceededError):
        context.run(search)

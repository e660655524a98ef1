"""Clusters and people of a library's rows against a full run, and against the rules of docs/people.md."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from services.catalog.clustering.dbscan import dbscan
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.people.days import EVER
from services.catalog.people.faces import Faces
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.people.said import Said
from services.catalog.storage.database import Database
from services.catalog.storage.faces import read_all_faces
from services.catalog.storage.library_row import read_parameters
from services.catalog.storage.statements_of_people import read_said
from services.catalog.storage.unavailable import shutting_down

_MEMORY: Final = "256MB"


class _Lasting:
    """A transaction of memory alone, that is never rolled back."""

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """Forget the action."""


def troubles_of_rules(path: Path, generator: Random) -> Iterator[str]:
    """Yield where labels differ from those of a full run, and where people break a rule."""
    database = Database(path, _MEMORY)
    with contextlib.closing(_Closing(database)), database.read() as cursor:
        parameters, said = read_parameters(cursor), read_said(cursor)
        faces = read_all_faces(cursor)
        trashed = {person for (person,) in cursor.execute("SELECT DISTINCT person FROM trashed_face").fetchall()}
    if not len(faces.ids):
        return
    yield from _labels(faces, parameters, generator)
    yield from _people(faces, parameters, said)
    # Who is in the trash comes back with all that was said of them.
    owners = trashed.union(faces.people.tolist())
    yield from (
        f"people {pair} are told apart, and not both are there" for pair in sorted(said.apart) if set(pair) - owners
    )
    grouping = Grouping(parameters, _copied(faces), said)
    if grouping.people_of(faces.ids.tolist()) != faces.people.tolist():
        yield "people in memory are not those of the rows"
    before = dict(zip(faces.ids.tolist(), faces.people.tolist(), strict=True))
    numbers = itertools.count(max(before.values()) + 1)
    grouping.regroup(grouping.groups(), _Lasting(), lambda: next(numbers))
    after = dict(zip(before, grouping.people_of(list(before)), strict=True))
    moved = [face for face, person in before.items() if person in said.curated and after[face] != person]
    if moved:
        yield f"faces of curated people moved by clustering: {moved[:5]}"
    again = replace(faces, people=np.array([after[face] for face in faces.ids.tolist()], np.int32))
    yield from _people(again, parameters, said)
    reopened = Grouping(parameters, _copied(again), said)
    suggestions = grouping.suggestions(100)
    told = [one for one in suggestions if (min(one.first, one.second), max(one.first, one.second)) in said.apart]
    if told:
        yield f"people whom a user told apart are suggested as the same: {told[:3]}"
    if suggestions != reopened.suggestions(100):
        yield "what is kept of people is not what their faces add up to"


def _labels(faces: Faces, parameters: ClusteringParameters, generator: Random) -> Iterator[str]:
    """Let all clear faces come in some order, and some go and come again; the labels are those of a full run."""
    clear = faces.quality >= parameters.min_quality
    keys, vectors = faces.ids[clear], faces.embeddings[clear]
    if not len(keys):
        return
    clusters = IncrementalDbscan(parameters.eps, parameters.min_samples, vectors.shape[1])
    order = np.array(generator.sample(range(len(keys)), len(keys)))
    for some in np.array_split(order, min(5, len(order))):
        clusters.insert(keys[some], vectors[some])
    leaving = order[: len(order) // 3]
    clusters.remove(keys[leaving])
    clusters.insert(keys[leaving], vectors[leaving])
    labels = clusters.labels()
    found = [labels[key] for key in keys.tolist()]
    if found != dbscan(vectors, parameters.eps, parameters.min_samples).tolist():
        yield "incremental labels are not those of a full run"


def _people(faces: Faces, parameters: ClusteringParameters, said: Said) -> Iterator[str]:
    curated = said.curated
    clear = Counter[int]()
    shown: set[tuple[int, int]] = set()
    rows = zip(faces.people.tolist(), faces.images.tolist(), faces.quality.tolist(), faces.pinned.tolist(), strict=True)
    for person, image, quality, pinned in rows:
        clear[person] += quality >= parameters.min_quality
        if person != NOBODY and (person, image) in shown and person not in curated:
            yield f"image {image} shows person {person} twice"
        if pinned and person != NOBODY and person not in curated:
            yield f"a face is pinned to person {person}, who is not curated"
        shown.add((person, image))
    for person, day, pinned in zip(faces.people.tolist(), faces.days.tolist(), faces.pinned.tolist(), strict=True):
        if day < said.births.get(person, EVER) and not pinned:
            yield f"person {person} has a face of a photo from before they were born"
    for person, count in clear.items():
        if count < 2 and person not in curated | {NOBODY}:
            yield f"person {person} has {count} clear faces"


def _copied(faces: Faces) -> Faces:
    """Return faces whose embeddings may be taken over."""
    return replace(faces, embeddings=faces.embeddings.copy())


class _Closing:
    """Closes a database at the end of a block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Close it."""
        self._database.close(shutting_down())

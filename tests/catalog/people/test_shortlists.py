"""Whom the gatherer leaves out before it adds up faces is nobody whom it would have chosen."""

from collections import Counter

import numpy as np
import pytest

from services.catalog.people.evidence import Evidence
from services.catalog.people.part import evidence_for
from services.catalog.people.person_index import PersonIndex
from services.catalog.people.roster import Roster
from services.catalog.people.sums import Sum, SumTable
from tests.catalog.clustering.synthetic import galleries
from tests.catalog.people.test_grouping import People

_PHOTOS = 400


@pytest.mark.parametrize("seed", range(2))
def test_nobody_with_enough_evidence_is_left_out(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    # Some lie where many look alike, so that resemblance says less of them than the search for them takes for granted.
    monkeypatch.setattr(Roster, "hubness", lambda _, faces: (faces % 5 / 10).astype(np.float32))
    seen: Counter[str] = Counter()
    add_up = PersonIndex.worth_adding_up

    def of_people(index: PersonIndex, one: Sum, people: list[int], evidence: Evidence) -> list[int]:
        left = add_up(index, one, people, evidence)
        for person, total in zip(people, index._sums.of_people(people), strict=True):
            enough = evidence_for(one, SumTable.of([total]), evidence)[0] >= evidence.enough
            assert person in left or not enough
            seen[f"people {enough} {person in left}"] += 1
        return left

    monkeypatch.setattr(PersonIndex, "worth_adding_up", of_people)
    people = People()
    # So alike that chance brings some close to others.
    people.add(*galleries(_PHOTOS, 40, seed=seed, spread=0.75)[np.random.default_rng(seed).permutation(_PHOTOS)])
    assert min(seen[what] for what in ("people True True", "people False False")) > 0

"""The evidence, where it can be said what it must be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from services.catalog.people.agglomeration import Units, agglomerate
from services.catalog.people.evidence import Evidence, Groups
from services.catalog.people.hubness import COHORT_FILE, hubness
from tests.catalog.people.likenesses import Likenesses

EVIDENCE = Evidence()
COUNTS = st.integers(1, 500)


def weigh(first: np.ndarray, second: np.ndarray, evidence: Evidence, hubs: tuple[float, float] = (0, 0)) -> float:
    """Return the evidence of two groups of faces, [n, d] and [m, d]."""
    one, other = first.sum(axis=0), second.sum(axis=0)
    found = evidence.between(
        np.array([one @ other]),
        Groups(np.array([len(first)], float), np.array([one @ one]), np.array([hubs[0]])),
        Groups(np.array([len(second)], float), np.array([other @ other]), np.array([hubs[1]])),
    )
    return float(found[0])


@given(COUNTS, COUNTS, st.floats(0.6, 1), st.floats(0.6, 1), st.floats(0.5, 0.99))
def test_it_is_the_ratio_of_the_likelihoods_of_the_model(
    count: int, other_count: int, length: float, other_length: float, cosine: float
) -> None:
    evidence = Evidence(dimensions=2, growth=0, least_similarity=-1)
    first = np.array([length, 0.0])
    second = other_length * np.array([cosine, np.sqrt(1 - cosine**2)])
    person, noise = evidence.resemblance / 2, (1 - evidence.resemblance) / 2
    c = evidence.correlation
    spreads = [person + noise * ((1 - c) / n + c) for n in (count, other_count)]
    same = np.kron([[spreads[0], person], [person, spreads[1]]], np.eye(2))
    apart = np.kron(np.diag(spreads), np.eye(2))
    both = np.concatenate([first, second])
    expected = multivariate_normal.logpdf(both, cov=same) - multivariate_normal.logpdf(both, cov=apart)
    groups = [
        Groups(np.array([float(n)]), np.array([(mean @ mean) * n**2]), np.zeros(1))
        for n, mean in ((count, first), (other_count, second))
    ]
    dots = np.array([first @ second * count * other_count])
    assert evidence.between(dots, *groups)[0] == pytest.approx(expected, abs=1e-6)
    assert evidence.between(dots, *reversed(groups))[0] == pytest.approx(expected, abs=1e-6)


def test_what_is_out_of_reach_has_no_evidence_and_reach_is_not_too_short() -> None:
    likenesses = Likenesses()
    group = np.stack([likenesses.of(0) for _ in range(9)]).astype(np.float64)
    total = group.sum(axis=0)
    reach = EVIDENCE.reach(len(group), float(total @ total))
    direction = total / np.linalg.norm(total)
    for share in np.linspace(0.3, 0.9, 61):
        face = likenesses.of(0, float(share)).astype(np.float64)
        if np.isfinite(weigh(group, face[np.newaxis], EVIDENCE)):
            assert 1 - direction @ face <= reach + 1e-9


def test_hubs_speak_less() -> None:
    likenesses = Likenesses()
    pair = [likenesses.of(0)[np.newaxis].astype(np.float64) for _ in range(2)]
    usual = weigh(pair[0], pair[1], EVIDENCE)
    assert weigh(pair[0], pair[1], EVIDENCE, (0.1, 0)) == weigh(pair[0], pair[1], EVIDENCE, (0, 0.1)) < usual
    cohort = np.load(COHORT_FILE).astype(np.float32)
    assert hubness(cohort).min() > 0
    nowhere_near = np.linalg.svd(cohort)[2][-1:]
    assert hubness(nowhere_near) == pytest.approx(-0.05)
    assert hubness(np.eye(2, dtype=np.float32)).tolist() == [0, 0]


@given(st.permutations(range(12)), st.integers(0, 2**32 - 1))
def test_no_order_of_the_units_matters(order: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    likenesses = Likenesses()
    faces = np.stack([likenesses.of(int(random.integers(4)), float(random.uniform(0.6, 0.95))) for _ in range(12)])
    apart = random.random((12, 12)) < 0.1
    apart |= apart.T

    def partition(rows: list[int]) -> set[frozenset[int]]:
        totals = faces[rows].astype(np.float64)
        units = Units(totals, np.ones(12), np.zeros(12), apart[np.ix_(rows, rows)])
        labels = agglomerate(units, EVIDENCE)
        return {frozenset(np.array(rows)[labels == label].tolist()) for label in labels}

    parts = partition(list(range(12)))
    assert partition(order) == parts
    assert all(not apart[a, b] for part in parts for a in part for b in part if a != b)

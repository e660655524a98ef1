"""Claims about searches of others."""

import pytest

from benchmarks.clustering.findings import LARGE, Findings


@pytest.mark.parametrize(("equal", "verdicts"), [(1.0, [True, False]), (0.0, [False, False])])
def test_a_search_that_finds_other_faces_is_no_rival(equal: float, verdicts: list[bool]) -> None:
    rival = {"own": 0.002, "faiss": 0.009, "usearch": 0.010, "equal": equal}
    rows = Findings({("rivals", LARGE): [rival], ("scikit_learn", 2000): []}, 2000).rows()
    assert [row.figure for row in rows] == pytest.approx([4.5, 5])
    assert [row.met for row in rows] == verdicts

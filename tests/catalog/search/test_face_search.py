"""Search against a full comparison in float64."""

from collections.abc import Iterator

import numpy as np
import pytest

from services.catalog.library import Library
from services.catalog.parts import WHOLE_FACE
from services.catalog.search.face_ranking import exemplars
from services.catalog.search.query import SearchQuery
from tests.catalog.clustering.synthetic import analysis, direction, galleries, unit


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library(tmp_path_factory.mktemp("search") / "a.duckdb", "a")
    for number, group in enumerate(np.array_split(galleries(240, 60, seed=3), 60)):
        library.add_image(analysis(f"photo {number}", *group))
    yield library
    library.close()


def _all(library: Library) -> tuple[dict[int, str | None], dict[int, np.ndarray]]:
    faces = library.list_faces(limit=1000, parts=WHOLE_FACE).items
    owners = {face.id: face.person_id for face in faces}
    return owners, {face.id: np.frombuffer(face.embedding or b"", "<f4").astype(np.float64) for face in faces}


@pytest.mark.parametrize("limit", [1, 5, 40, 500])
@pytest.mark.parametrize("rows", [1, 4])
def test_search_is_exact(gallery: Library, limit: int, rows: int) -> None:
    owners, vectors = _all(gallery)
    for seed in range(5):
        probes = unit(galleries(rows, 60, seed=100 + seed).astype(np.float64))
        distances = {face: min(1 - float(vector @ probe) for probe in probes) for face, vector in vectors.items()}
        nearest = sorted(distances.items(), key=lambda pair: pair[1])
        (found,) = gallery.search.find_faces([SearchQuery(probes)], max_results=limit, max_distance=2)
        assert [match.face.id for match in found] == [face for face, _ in nearest[:limit]]
        assert [match.distance for match in found] == pytest.approx([far for _, far in nearest[:limit]], abs=1e-6)
        people: dict[str, list[float]] = {}
        for face, far in nearest:
            if (person := owners[face]) is not None and len(people.setdefault(person, [])) < 3:
                people[person].append(far)
        ranked = sorted(((float(np.mean(far)), person) for person, far in people.items()))
        (who,) = gallery.search.find_people([SearchQuery(probes)], max_results=limit, max_distance=2)
        assert [match.person.id for match in who] == [person for _, person in ranked[:limit]]
        assert [match.distance for match in who] == pytest.approx([far for far, _ in ranked[:limit]], abs=1e-6)


def test_many_queries_share_what_one_answer_holds(gallery: Library) -> None:
    queries = [SearchQuery(row[np.newaxis]) for row in galleries(250, 60, seed=9)]
    found = gallery.search.find_faces(queries, max_results=500, max_distance=2)
    assert [len(matches) for matches in found] == [40] * 250


def test_exemplars_are_the_first_and_then_the_most_different() -> None:
    rows = np.stack([direction(angle) for angle in (0, 0.1, 0.2, 1.5, 0.8, 0.05)])
    assert np.array_equal(exemplars(rows)[:3], rows[[0, 3, 4]])
    assert len(exemplars(rows)) == 6
    many = galleries(30, 2, seed=5)
    assert len(np.unique(exemplars(many), axis=0)) == 8

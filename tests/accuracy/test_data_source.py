"""Pages tell which data they are about, and docs/ is about the reference data only."""

import re
from pathlib import Path

import numpy as np
import pytest

from accuracy.coco import ObjectSet
from accuracy.data_source import REFERENCE_DIGEST, DataSource
from accuracy.document import render
from accuracy.evaluation_data import FILES, EvaluationData
from accuracy.lfw import Pair
from accuracy.page_path import page_path
from benchmarks.machine import Machine
from clients.cli.failure import CommandError
from tests.accuracy.test_findings import findings

CHECKOUT = Path(__file__).resolve().parents[2]
REFERENCE = DataSource("eval", REFERENCE_DIGEST, 4)
OTHER = DataSource("holidays", "0" * 64, 3)


def folder_of(path: Path, photos: tuple[str, ...]) -> Path:
    for name, text in zip(FILES, ("2\t0\n", "{}", "{}"), strict=True):
        (path / name).parent.mkdir(parents=True)
        (path / name).write_text(text)
    for photo in photos:
        (path / photo).parent.mkdir(parents=True, exist_ok=True)
        (path / photo).touch()
    return path


def test_a_data_set_is_known_by_its_lists_and_photos_not_by_its_place(tmp_path: Path) -> None:
    photos = ("lfw/images/A/A_0001.jpg", "wider/images/event/1.jpg")
    one = DataSource.read(folder_of(tmp_path / "one", photos))
    assert (one.name, one.folds, one.is_reference) == ("one", 2, False)
    assert DataSource.read(folder_of(tmp_path / "two", photos)).digest == one.digest
    assert DataSource.read(folder_of(tmp_path / "three", photos[:1])).digest != one.digest


def test_another_folder_never_writes_over_the_docs() -> None:
    assert page_path(REFERENCE, None) == CHECKOUT / "docs" / "accuracy.md"
    assert page_path(OTHER, None) == CHECKOUT / "build" / "accuracy" / "holidays" / "accuracy.md"
    with pytest.raises(CommandError, match="docs/ has the figures of the reference data, but this is the folder"):
        page_path(OTHER, CHECKOUT / "docs" / "accuracy.md")
    assert page_path(REFERENCE, CHECKOUT / "docs" / "other.md") == CHECKOUT / "docs" / "other.md"


def page(source: DataSource) -> str:
    pairs = tuple(Pair(Path("a"), Path("b"), same, fold) for fold in range(source.folds) for same in (True, False))
    data = EvaluationData(source, pairs, (), ObjectSet((), ()))
    return render(findings(source=source), data, Machine.here())


def test_a_page_about_another_folder_says_so_and_claims_nothing_of_the_reference_data() -> None:
    text = page(OTHER)
    assert "the folder `holidays`, which is not the reference data" in text
    assert "Pairs of holidays, folds 1-3: 6 pairs of 2 photos, 3 of them of the same person" in text
    assert not re.search("deep-funneled|folds 1-4|first two folds|val2017|four in five|public figures", text)


def test_the_page_about_the_reference_data_says_what_was_fitted_on_it() -> None:
    text = page(REFERENCE)
    assert f"the reference data (digest {REFERENCE_DIGEST[:12]})" in text
    assert "LFW deep-funneled, folds 1-4: 8 pairs" in text
    assert "The crop's margin was chosen on the first two folds" in text
    assert np.all([name in text for name in ("COCO val2017", "WIDER FACE validation set")])

"""Something else in the place of the folder that is kept beside a library."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.catalog.library import Library
from services.common.errors import Reason, UnavailableError
from tests.catalog.clustering.synthetic import analysis, sha256
from tests.catalog.test_kept_people import FACES, closed_library, content, folders, nearest, people


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return closed_library(tmp_path, monkeypatch)


def _file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("of somebody's")


def _link(folder: Path) -> None:
    away = folder.with_name("away")
    folder.rename(away)
    folder.symlink_to(away)


def _closed(folder: Path) -> None:
    folder.chmod(0)


@pytest.mark.parametrize("when", ["open", "closed"])
@pytest.mark.parametrize("replace", [_file, _link, _closed])
def test_what_is_in_the_place_of_the_folder_costs_no_write_and_goes(
    path: Path, replace: Callable[[Path], None], when: str
) -> None:
    (folder,) = folders(path)
    if when == "closed":
        replace(folder)
    library = Library(path, "a")
    library.memory.load_people()
    if when == "open":
        replace(folder)
    library.delete_image(sha256("3"))
    library.add_image(analysis("new", FACES[35]))
    expected = people(library), nearest(library, FACES[35])
    library.close()
    (made,) = folders(path)
    assert made.is_dir()
    assert not made.is_symlink()
    assert FACES[3].tobytes() not in content(path)
    if replace is _link:
        # What a link led to is nothing of ours.
        assert sorted(file.name for file in (path.parent / "away").iterdir()) == [
            "short",
            "snapshot",
            "vectors",
            "whole",
        ]
    library = Library(path, "a")
    assert (people(library), nearest(library, FACES[35])) == expected
    library.close()


def test_a_folder_that_resists_makes_the_library_unavailable_until_it_is_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(folder: Path) -> None:
        raise PermissionError(13, os.strerror(13), str(folder))

    left = path.with_name(f"{path.name}.faces-left")
    left.mkdir()
    why = r"folder beside its file that holds its embeddings can't be changed \(Permission denied\)"
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr("services.catalog.erasure.shutil.rmtree", denied)
        with pytest.raises(UnavailableError, match=why) as caught:
            Library(path, "a")
    assert caught.value.reason is Reason.LIBRARY_UNAVAILABLE
    assert str(path) not in caught.value.message
    assert [line["file"] for line in logs] == [str(left)]
    Library(path, "a").close()
    assert not left.exists()


def test_a_folder_that_can_not_be_changed_is_told_as_such(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    library = Library(path, "a")
    library.memory.load_people()
    with monkeypatch.context() as patch:
        patch.setattr("services.catalog.clustering.kept_vectors.KeptVectors._rename", denied)
        with pytest.raises(UnavailableError, match=r"can't be changed \(Permission denied\)"):
            library.delete_image(sha256("3"))
    library.delete_image(sha256("3"))
    library.close()
    assert FACES[3].tobytes() not in content(path)

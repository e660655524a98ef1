"""A library lies in a folder of any name that DuckDB takes literally, and says so of one that it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.library import Library
from services.common.errors import Reason, UnavailableError
from tests.catalog.clustering.synthetic import sha256

NAMES = ("a*b #1 [c] {d,e} %20 ; $HOME 'f' \"g\"", "näïve 写真", "~", "s3:")


@pytest.mark.parametrize("name", NAMES)
def test_a_library_in_a_folder_with_an_odd_name_survives_a_kill(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    path = folder / "a.duckdb"
    command = [sys.executable, "-m", "tests.catalog.storage.writer_process", str(path), "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "1\n"
        writer.kill()
    library = Library(path, "a")
    library.memory.load_people()
    assert sha256("1") in {image.sha256 for image in library.list_images(limit=500).items}
    library.close()
    assert [entry.name for entry in folder.iterdir()] == ["a.duckdb"]
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(("name", "character"), [("what?", "?"), ("x?y=1&z", "?"), ("a\\b", "\\")])
def test_a_folder_name_that_duckdb_misreads_is_refused_by_name(tmp_path: Path, name: str, character: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    link = tmp_path / "plain"
    link.symlink_to(folder)
    for path in (folder / "a.duckdb", link / "a.duckdb"):
        with pytest.raises(UnavailableError) as caught:
            Library(path, "a")
        assert caught.value.reason == Reason.LIBRARY_UNAVAILABLE
        assert caught.value.message == (
            f"Library 'a' can't be used. DuckDB keeps no file in a folder with {character} in its path: "
            "rename the folder, or choose another in ALBUMEN_CATALOG_LIBRARIES_DIR."
        )
    assert list(folder.iterdir()) == []

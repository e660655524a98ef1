"""Files in folders into which their user may not look."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Closes a folder to the process, whoever runs it: root would be let in."""

    def close(folder: Path) -> None:
        def closed(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(path: Any, *args: Any, **options: Any) -> Any:
                if not isinstance(path, int) and Path(os.fsdecode(path)).is_relative_to(folder):
                    is_folder = Path(os.fsdecode(path)) == folder
                    if not is_folder or function.__name__ in ("listdir", "scandir"):
                        raise PermissionError(errno.EACCES, "Permission denied", path)
                return function(path, *args, **options)

            return call

        for name in ("stat", "lstat", "listdir", "scandir"):
            monkeypatch.setattr(os, name, closed(getattr(os, name)))

    return close


@pytest.mark.parametrize("named", ["locked/sub/c.png", "locked/sub", "locked", "."])
@pytest.mark.parametrize("is_known", [False, True])
def test_a_file_that_nobody_may_see_is_unreadable_and_never_gone(
    run: Run, fake: FakeCatalog, photo: Photo, close: Callable[[Path], None], named: str, is_known: bool
) -> None:
    other = photo("photos/a.png", (1, 2, 3))
    locked = photo("photos/locked/sub/c.png").parents[1]
    if is_known:
        assert run("index", str(locked)).exit_code == 0
    known = len(fake.state.sources)
    close(locked)
    path = other.parent / named
    finished = run("index", str(path))
    assert finished.exit_code == 3, finished.err
    assert "Can't be read: Permission denied. FILE_UNREADABLE" in finished.out
    assert "0 missing" in [" ".join(line.split()) for line in finished.out.splitlines()]
    assert run("forget", "--yes", str(path)).exit_code == 0
    assert len(fake.state.sources) == known + (named == ".")


def test_a_name_that_no_file_can_have_is_wrong_use(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ("n" * 300)
    finished = run("index", str(path))
    assert finished.exit_code == 2
    assert finished.err == f"✗ There is no file or folder {path}.\n"

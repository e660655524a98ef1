"""Directories that the system watches, as far as a folder that is followed does not show it."""

from pathlib import Path
from typing import Any, Self

import pytest
import watchfiles.main

from services.catalog.folders.directories import Directory
from services.catalog.following.disk_watch import DiskWatch

_PATIENCE = 20


class _Busy:
    """Tells of something hidden whenever it is asked, as while a large file is copied under a name for the meantime."""

    def __init__(self, *_: Any) -> None:
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def watch(self, *_: Any) -> set[tuple[int, str]]:
        self._asked += 1
        assert self._asked < _PATIENCE, "it asks again and again, and nobody else has a turn"
        return {(2, "/photos/.film.mp4.part")}


def test_a_hidden_file_that_is_written_all_the_time_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchfiles.main, "RustNotify", _Busy)
    watch = DiskWatch([Directory(str(tmp_path), 1, 1)])
    for _ in range(5):
        assert not watch.take_change()
    assert not watch.ended
    watch.close()

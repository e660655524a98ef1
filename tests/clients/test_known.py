"""`albumen known`: which files the library has."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.common.limits import MAX_CHECKED_IMAGES
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


def test_files_and_hashes_are_told_apart_by_their_bytes(
    run: Run, fake: FakeCatalog, photo: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, trashed, new = photo("kept.jpg"), photo("trashed.jpg", (1, 2, 3)), photo("new.jpg", (7, 8, 9))
    fake.state.keeps_trash = True
    assert run("index", str(kept), str(trashed)).exit_code == 0
    assert run("delete", str(trashed)).exit_code == 0
    monkeypatch.chdir(kept.parent)
    Path("copy.jpg").write_bytes(kept.read_bytes())
    sha256 = hashlib.sha256(kept.read_bytes()).hexdigest()
    finished = run("known", "copy.jpg", "trashed.jpg", "new.jpg", sha256.upper())
    assert finished.exit_code == 0
    assert finished.out.splitlines() == [
        "known         copy.jpg",
        "in the trash  trashed.jpg",
        "not known     new.jpg",
        f"known         {sha256.upper()}",
    ]
    (told,) = map(json.loads, run("known", "copy.jpg", "--json").out.splitlines())
    assert told == {"file": "copy.jpg", "sha256": sha256, "presence": "IMAGE_PRESENCE_PRESENT"}
    assert len(fake.state.images) == 2
    assert new.is_file()


def test_more_than_a_call_takes(run: Run) -> None:
    hashes = [f"{number:064x}" for number in range(MAX_CHECKED_IMAGES + 1)]
    assert run("known", *hashes).out.count("not known") == len(hashes)


def test_what_can_not_be_read_is_told_and_the_others_are_looked_at(
    run: Run, photo: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photo("new.jpg").parent)
    os.mkfifo("pipe.jpg")
    finished = run("known", ".", "pipe.jpg", "nowhere.jpg", "new.jpg")
    assert (finished.exit_code, finished.out) == (3, "not known     new.jpg\n")
    assert [line.partition(" can't be read: ")[0] for line in finished.err.splitlines()] == [
        ".", "pipe.jpg", "nowhere.jpg",
    ]  # fmt: skip

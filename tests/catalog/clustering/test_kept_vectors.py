"""Clusters go on from files as if all had been loaded, and never from files that are damaged, older or newer."""

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.kept_vectors import KeptVectors, read_kept_snapshot, remove_kept
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError
from services.catalog.clustering.vector_store import DamagedVectorsError, Lost, none_elsewhere
from tests.catalog.clustering.synthetic import galleries

FACES = galleries(1000, 60, seed=6)
KEYS = np.arange(1000) * 3


def loaded(positions: Indices) -> IncrementalDbscan:
    clusters = IncrementalDbscan(0.3, 4, sample=256)
    clusters.load(KEYS[positions], FACES[positions].copy())
    return clusters


@functools.cache
def kept_once(count: int) -> tuple[Path, str]:
    """Files of the first faces, to be copied, and their token."""
    library = Path(tempfile.mkdtemp()) / "a.duckdb"
    atexit.register(shutil.rmtree, library.parent)
    clusters = loaded(np.arange(count))
    token = keep(clusters, library)
    clusters.close()
    return library, token


def copy_kept(folder: Path, count: int = 300) -> tuple[Path, str]:
    """Return a library in `folder` beside which the first faces are kept, and the token."""
    library, token = kept_once(count)
    shutil.copytree(library.parent, folder, dirs_exist_ok=True)
    return folder / library.name, token


def keep(clusters: IncrementalDbscan, library: Path) -> str:
    """Keep the clusters beside `library`, and return the token."""
    kept = clusters.index.held.kept
    if kept is None:
        kept = clusters.index.held.write(library)
        clusters.index.held.move(kept)
    snapshot = clusters.snapshot()
    kept.keep(int(snapshot.end), snapshot.to_bytes())
    return kept.token


def resumed(library: Path, token: str, new: Indices, lost: Lost = none_elsewhere) -> IncrementalDbscan:
    snapshot = Snapshot.from_bytes(read_kept_snapshot(library, token))
    kept = KeptVectors(library, token, *snapshot.widths)
    clusters = IncrementalDbscan(0.3, 4, sample=256, lost=lost)
    try:
        clusters.resume(snapshot, kept, KEYS[new], FACES[new])
    except BaseException:
        kept.close()
        raise
    return clusters


def files(library: Path) -> dict[str, Path]:
    return {file.name: file for file in library.parent.glob(f"{library.name}.faces-*/*")}


def assert_alike(one: IncrementalDbscan, two: IncrementalDbscan) -> None:
    assert one.labels() == two.labels()
    keys, _ = two.clusters()
    np.testing.assert_array_equal(one.index.vectors(one.slots(keys)), two.index.vectors(two.slots(keys)))
    for query in FACES[::97]:
        ((mine, mine_distances), (its, its_distances)) = (
            (clusters.keys(found.slots).tolist(), found.distances)
            for clusters in (one, two)
            for found in clusters.index.nearest(query[np.newaxis], 20)
        )
        assert mine == its
        np.testing.assert_array_equal(mine_distances, its_distances)


@settings(max_examples=4, deadline=None)
@given(
    new=st.sets(st.integers(800, 999), max_size=12),
    gone=st.sets(st.integers(0, 799), min_size=1, max_size=40),
    again=st.sets(st.integers(800, 999), max_size=30),
)
def test_whatever_comes_and_goes_it_is_as_if_all_were_loaded(
    tmp_path_factory: pytest.TempPathFactory, new: set[int], gone: set[int], again: set[int]
) -> None:
    library, token = copy_kept(tmp_path_factory.mktemp("kept"), 800)
    clusters = resumed(library, token, np.array(sorted(new), np.int64))
    clusters.remove(KEYS[sorted(gone)])
    token = keep(clusters, library)
    clusters.close()

    # Rows of removed faces are used again, and there are more than the files had room for.
    clusters = resumed(library, token, np.empty(0, np.int64))
    added = np.array(sorted(again - new), np.int64)
    clusters.insert(KEYS[added], FACES[added])
    now = np.array(sorted((set(range(800)) | new | again) - gone))
    assert_alike(clusters, loaded(now))
    token = keep(clusters, library)
    clusters.close()
    clusters = resumed(library, token, np.empty(0, np.int64))
    assert_alike(clusters, loaded(now))
    clusters.close()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    copy_kept(tmp_path)
    assert set(files(tmp_path / "a.duckdb")) == {"vectors", "short", "whole", "snapshot"}
    for file in files(tmp_path / "a.duckdb").values():
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["short", "whole"])
@pytest.mark.parametrize("at", [0, 5000, -1])
def test_damaged_codes_are_noticed_at_once(tmp_path: Path, name: str, at: int) -> None:
    library, token = copy_kept(tmp_path)
    content = bytearray(files(library)[name].read_bytes())
    content[at] ^= 1
    files(library)[name].write_bytes(bytes(content))
    with pytest.raises(SnapshotMismatchError, match="damaged"):
        resumed(library, token, np.empty(0, np.int64))


@pytest.mark.parametrize("name", ["vectors", "short", "whole"])
def test_a_file_that_is_cut_off_is_noticed_at_once(tmp_path: Path, name: str) -> None:
    library, token = copy_kept(tmp_path)
    os.truncate(files(library)[name], files(library)[name].stat().st_size - 1)
    with pytest.raises(SnapshotMismatchError, match="cut off"):
        resumed(library, token, np.empty(0, np.int64))


def test_a_damaged_vector_is_noticed_before_it_decides(tmp_path: Path) -> None:
    library, token = copy_kept(tmp_path)
    with files(library)["vectors"].open("r+b") as file:
        file.seek(200 * 2048 + 77)
        file.write(b"\x00")
    clusters = resumed(library, token, np.empty(0, np.int64))
    clusters.index.vectors(clusters.slots(KEYS[:200]))
    with pytest.raises(DamagedVectorsError, match="differ"):
        clusters.index.vectors(clusters.slots(KEYS[150:250]))
    assert clusters.index.held.damaged
    clusters.close()


class Rows:
    """The faces as a library has them, and how many were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, keys: Indices) -> Vectors:
        self.asked += len(keys)
        return FACES[keys // 3]


def cut_off(file: Path) -> None:
    os.truncate(file, 0)


def overwrite(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as damaged:
        damaged.write(bytes(size // 3) + b"\xff" * (size // 3))


@pytest.mark.parametrize("damage", [cut_off, overwrite])
def test_whatever_happens_to_the_files_in_use_nothing_changes(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    library, token = copy_kept(tmp_path)
    rows = Rows()
    clusters = resumed(library, token, np.empty(0, np.int64), rows)
    expected = loaded(np.arange(300))
    assert_alike(clusters, expected)
    assert rows.asked == 0
    for file in files(library).values():
        damage(file)
    assert_alike(clusters, expected)
    assert rows.asked > 100
    for faces in (clusters, expected):
        faces.remove(KEYS[:20])
        faces.insert(KEYS[300:320], FACES[300:320])
    assert_alike(clusters, expected)
    assert not clusters.index.held.damaged

    # New files are whole again.
    assert not clusters.index.held.is_kept_whole()
    clusters.index.held.move(clusters.index.held.write(library))
    token = keep(clusters, library)
    clusters.close()
    clusters = resumed(library, token, np.empty(0, np.int64))
    assert_alike(clusters, expected)
    assert clusters.index.held.is_kept_whole()
    clusters.close()


@pytest.mark.parametrize("name", ["vectors", "short", "whole"])
def test_files_that_are_gone_are_no_whole_ones(tmp_path: Path, name: str) -> None:
    library, token = copy_kept(tmp_path)
    clusters = resumed(library, token, np.empty(0, np.int64))
    assert clusters.index.held.is_kept_whole()
    files(library)[name].unlink()
    assert not clusters.index.held.is_kept_whole()
    clusters.close()


def test_an_older_snapshot_finds_no_files(tmp_path: Path) -> None:
    library, old = copy_kept(tmp_path)
    clusters = resumed(library, old, np.empty(0, np.int64))
    clusters.insert(KEYS[300:310], FACES[300:310])
    new = keep(clusters, library)
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(OSError, match="No such file"):
        resumed(library, old, np.empty(0, np.int64))
    clusters.close()
    clusters = resumed(library, new, np.empty(0, np.int64))
    clusters.remove(KEYS[:1])
    with pytest.raises(OSError, match="No such file"):
        resumed(library, new, np.empty(0, np.int64))
    clusters.close()


def test_a_removed_face_is_in_no_file(tmp_path: Path) -> None:
    library, token = copy_kept(tmp_path)
    clusters = resumed(library, token, np.empty(0, np.int64))
    clusters.insert(KEYS[300:301], FACES[300:301])
    assert FACES[7].tobytes() in files(library)["vectors"].read_bytes()
    whole = clusters.index.whole()
    assert whole is not None
    code = whole.codes[7].tobytes()
    assert code in files(library)["whole"].read_bytes()
    clusters.remove(KEYS[[7, 300]])
    for file in files(library).values():
        assert FACES[7].tobytes() not in file.read_bytes()
        assert FACES[300].tobytes() not in file.read_bytes()
        assert code not in file.read_bytes()
    assert "snapshot" not in files(library)
    clusters.close()


def test_a_full_disk_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    clusters = loaded(np.arange(300))
    monkeypatch.setattr("services.catalog.clustering.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        clusters.index.held.write(tmp_path / "a.duckdb")
    assert list(tmp_path.iterdir()) == []
    assert_alike(clusters, loaded(np.arange(300)))


def test_others_are_removed(tmp_path: Path) -> None:
    _, token = copy_kept(tmp_path)
    for other in ("a.duckdb.faces-0", "b.duckdb.faces-0"):
        (tmp_path / other).mkdir()
    remove_kept(tmp_path / "a.duckdb", but=token)
    assert len(list(tmp_path.glob("a.duckdb.faces-*"))) == 1
    remove_kept(tmp_path / "a.duckdb")
    assert len(list(tmp_path.iterdir())) == 1

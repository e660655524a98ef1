import os
import signal
from collections.abc import Callable
from pathlib import Path

from services.common.errors import InternalError, NotFoundError, Reason
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


def test_index_reports_every_file_and_sums_up(run: Run, photo: Photo, tmp_path: Path) -> None:
    photo("good/a.jpg")
    photo("good/same.jpg")
    photo("good/b.png", (1, 2, 3))
    (tmp_path / "good/bad[red].jpg").write_bytes(b"x")
    (tmp_path / "good/notes.txt").write_text("x")
    (tmp_path / "good/raw.cr2").write_bytes(b"x")
    (tmp_path / "good/@eaDir").mkdir()
    (tmp_path / "good/.hidden").touch()
    finished = run("index", "--in-flight", "1", str(tmp_path / "good"))
    assert finished.exit_code == 3
    lines = [" ".join(line.split()) for line in finished.out.splitlines()]
    assert f"• {tmp_path}/good/bad[red].jpg The bytes are not an image. IMAGE_FORMAT_UNSUPPORTED" in lines
    for line in (
        "2 new",
        "1 known",
        "0 changed",
        "0 moved",
        "0 missing",
        "1 skipped IMAGE_FORMAT_UNSUPPORTED",
        "1 document, not a photo",
        f"• {tmp_path}/good/raw.cr2 Canon RAW is not supported",
        "1 skipped Canon RAW is not supported",
        "1 folder left out: of devices and systems",
        "1 file left out: hidden",
    ):
        assert line in lines
    (tmp_path / "good/bad[red].jpg").unlink()
    assert run("index", str(tmp_path / "good")).exit_code == 0


def test_a_pipe_gets_no_empty_line_of_a_progress_bar(run: Run, photo: Photo, tmp_path: Path) -> None:
    indexed = run("index", str(photo("a.jpg")))
    assert indexed.out.splitlines()[0].split() == ["1", "new"]
    page = tmp_path / "page.html"
    assert run("report", "-o", str(page)).out.startswith(f"{page}  1 photo")


def test_index_fails_if_the_service_could_not_take_a_photo(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    fake.state.failures = [InternalError(Reason.INTERNAL, "The service failed.")]
    finished = run("index", str(photo("a.jpg")))
    assert finished.exit_code == 1
    assert "The service failed. INTERNAL" in finished.out
    assert "1 photo could not be indexed." in finished.err
    assert "Run the same command again to go on." in finished.err


def test_index_that_failed_for_the_last_files_says_how_to_go_on(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    photos = [photo(f"{number}.png", (number, 0, 0)) for number in range(3)]
    internal = InternalError(Reason.INTERNAL, "The service failed.")
    fake.state.on_call = lambda calls: fake.state.failures.extend([internal] * (calls == 2))
    finished = run("index", "--in-flight", "1", *map(str, photos))
    assert finished.exit_code == 1
    assert "1 photo could not be indexed." in finished.err
    assert "2 photos are indexed; run the same command again to go on." in finished.err


def test_index_that_fails_while_it_looks_for_photos_says_how_to_go_on(
    run: Run, fake: FakeCatalog, photo: Photo
) -> None:
    fake.state.broken["ListSources"] = InternalError(Reason.INTERNAL, "The service failed.")
    finished = run("index", str(photo("a.jpg")))
    assert finished.exit_code == 1
    assert "Stopped: The service failed.  INTERNAL" in finished.err
    assert "Run the same command again to go on." in finished.err
    assert not fake.state.images


def test_index_that_fails_after_the_last_photo_says_how_to_go_on(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    old = photo("photos/a.jpg")
    assert run("index", str(old.parent)).exit_code == 0
    old.rename(old.with_name("b.jpg"))
    fake.state.broken["ForgetSources"] = InternalError(Reason.INTERNAL, "The service failed.")
    finished = run("index", str(old.parent))
    assert finished.exit_code == 1
    assert "Stopped: The service failed.  INTERNAL" in finished.err
    assert "1 photo is indexed; run the same command again to go on." in finished.err
    assert len(fake.state.images) == 1


def test_index_that_can_not_go_on_says_how_to(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    first = photo("a.jpg")
    run("index", str(first))
    fake.state.always = NotFoundError(Reason.LIBRARY_NOT_FOUND, "There is no library.")
    photo("b.jpg", (1, 2, 3))
    finished = run("index", str(first.parent))
    assert finished.exit_code == 1
    assert "Stopped: There is no library.  LIBRARY_NOT_FOUND" in finished.err
    assert "1 photo is indexed; run the same command again to go on." in finished.err


def test_ctrl_c_finishes_what_is_on_its_way(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    photos = [photo(f"{number}.png", (number, 0, 0)) for number in range(5)]
    fake.state.on_call = lambda calls: os.kill(os.getpid(), signal.SIGINT) if calls == 2 else None
    finished = run("index", "--in-flight", "1", *map(str, photos))
    assert finished.exit_code == 130
    assert "Run the same command again" in finished.err
    assert len(fake.state.images) in (2, 3)

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

from clients.cli.connection import Catalog
from clients.cli.indexing.backoff import Backoff
from clients.cli.indexing.upload import CHUNK_BYTES, Result, Uploader
from clients.cli.source import to_uri
from services.common.errors import InternalError, Reason, ResourceExhaustedError, UnavailableError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


class Stopping(Event):
    """Does not wait, but remembers for how long it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def _uploader(catalog: Catalog, stopping: Event | None = None, attempts: int = 4) -> Uploader:
    return Uploader(catalog, Backoff(attempts=attempts, first_seconds=0.25), stopping or Stopping())


def test_sends_a_file_in_chunks_with_what_is_known_of_it(fake: FakeCatalog, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "large.bmp"
    # A bitmap with noise behind its end: larger than two chunks.
    header = bytes.fromhex("424d1e000000000000001a0000000c000000010001000100180000ff0000")
    path.write_bytes(header + os.urandom(2 * CHUNK_BYTES))
    assert _uploader(catalog).index(path).result is Result.NEW
    (image,) = fake.state.images.values()
    assert (image.file_name, list(image.source_uris)) == ("large.bmp", [to_uri(path)])
    assert fake.state.bytes_received == [path.stat().st_size]


def test_bytes_of_a_known_image_are_not_sent(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    path = photo("a.jpg")
    assert _uploader(catalog).index(path).result is Result.NEW
    assert _uploader(catalog).index(path).result is Result.KNOWN
    assert fake.state.bytes_received == [path.stat().st_size]
    assert fake.state.bytes_wasted == 0
    assert fake.state.calls == 2


def test_bytes_are_sent_if_the_image_went_away_meanwhile(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    path = photo("a.jpg")
    _uploader(catalog).index(path)
    fake.state.forget_after_lookup = True
    assert _uploader(catalog).index(path).result is Result.NEW
    assert fake.state.bytes_received[-1] == path.stat().st_size


def test_overload_is_waited_out_as_long_as_the_server_asks(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    fake.state.failures = [
        ResourceExhaustedError(Reason.OVERLOADED, "Full.", retry_after=1.5),
        UnavailableError(Reason.DETECTOR_UNAVAILABLE, "No detector."),
        ResourceExhaustedError(Reason.OVERLOADED, "Full.", retry_after=60),
    ]
    stopping = Stopping()
    assert _uploader(catalog, stopping).index(photo("a.jpg")).result is Result.NEW
    assert stopping.waits == [1.5, 0.5, 10]


def test_patience_ends(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    fake.state.always = ResourceExhaustedError(Reason.OVERLOADED, "Full.", retry_after=1)
    outcome = _uploader(catalog, attempts=3).index(photo("a.jpg"))
    assert (outcome.result, outcome.reason, outcome.message) == (Result.FAILED, "OVERLOADED", "Full.")
    assert fake.state.calls == 3


def test_nothing_is_retried_once_the_run_stops(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    fake.state.always = UnavailableError(Reason.SHUTTING_DOWN, "Bye.")
    stopping = Stopping()
    stopping.set()
    assert _uploader(catalog, stopping).index(photo("a.jpg")).result is Result.FAILED
    assert fake.state.calls == 1


def test_an_internal_error_is_not_retried(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    fake.state.always = InternalError(Reason.INTERNAL, "Broken.")
    assert _uploader(catalog).index(photo("a.jpg")).reason == "INTERNAL"
    assert fake.state.calls == 1


def test_what_is_no_photo_is_skipped_with_the_reason(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.jpg")
    names = ("bad.jpg", "empty.jpg", "broken.jpg", "pipe.jpg")
    outcomes = [_uploader(catalog).index(tmp_path / name) for name in names]
    assert {outcome.result for outcome in outcomes} == {Result.SKIPPED}
    reasons = [outcome.reason for outcome in outcomes]
    assert reasons == ["IMAGE_FORMAT_UNSUPPORTED", "IMAGE_EMPTY", "FILE_UNREADABLE", "NOT_A_FILE"]


def test_a_name_that_is_no_text_is_sent_readably(fake: FakeCatalog, catalog: Catalog, photo: Photo) -> None:
    path = photo("a.jpg").rename(os.fsdecode(os.fsencode(photo("a.jpg").parent) + b"/caf\xe9.jpg"))
    assert _uploader(catalog).index(path).result is Result.NEW
    (image,) = fake.state.images.values()
    assert image.file_name == "caf\N{REPLACEMENT CHARACTER}.jpg"
    assert image.source_uris[0].endswith("/caf%E9.jpg")


def test_a_name_that_the_catalog_would_refuse_does_not_keep_a_photo_out(
    fake: FakeCatalog, catalog: Catalog, photo: Photo
) -> None:
    odd = photo("a.jpg").rename(photo("a.jpg").with_name("back\\slash\n.jpg"))
    assert _uploader(catalog).index(odd).result is Result.NEW
    (image,) = fake.state.images.values()
    assert image.file_name == "back\N{REPLACEMENT CHARACTER}slash\N{REPLACEMENT CHARACTER}.jpg"
    assert list(image.source_uris) == [to_uri(odd)]


def test_a_photo_whose_path_is_too_long_for_a_place_is_skipped_with_the_limit(
    fake: FakeCatalog, run: Run, photo: Photo
) -> None:
    deep = photo("/".join(["\N{CJK UNIFIED IDEOGRAPH-4E00}" * 60] * 4) + "/b.jpg", (1, 2, 3))
    assert len(to_uri(deep)) > 2048
    photo("a.jpg")
    finished = run("index", str(deep.parents[4]))
    assert finished.exit_code == 3
    message = f"Its path makes a URI of {len(to_uri(deep)):,} characters, more than 2,048: shorten it. PATH_TOO_LONG"
    assert message in finished.out
    assert [image.file_name for image in fake.state.images.values()] == ["a.jpg"]
    assert all(image.source_uris for image in fake.state.images.values())

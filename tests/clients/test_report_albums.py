"""Albums and the timeline on the report's page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from google.type.date_pb2 import Date
from google.type.datetime_pb2 import DateTime

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli import report_timeline
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.fake_state import PARENT
from tests.clients.test_report import Page


@pytest.fixture
def page(
    photo: Callable[..., Path], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[Page, str]]:
    for number, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        photo(f"photos/{name}", (number * 80, 0, 0))
    run("index", "--in-flight", "1", str(tmp_path / "photos"))
    monkeypatch.chdir(tmp_path)

    def made() -> tuple[Page, str]:
        assert run("report").exit_code == 0
        text = Path("report.html").read_text("utf-8")
        return Page(text), text

    return made


def test_an_album_narrows_the_photos_to_its_own(fake: FakeCatalog, page: Callable[[], tuple[Page, str]]) -> None:
    first, second, *_ = fake.state.images
    for number, (name, held) in enumerate((("Summer & <sea>", [second]), ("Empty", list[str]()))):
        album = Album(name=f"{PARENT}/albums/{number}", display_name=name, image_count=len(held))
        album.cover_image = held[0] if held else ""
        fake.state.albums[album.name], fake.state.album_images[album.name] = album, held
    smart = Album(name=f"{PARENT}/albums/9", display_name="Cats", filter=ImageFilter(expression="objects:cat"))
    fake.state.albums[smart.name], fake.state.album_images[smart.name] = smart, [first, second]
    shown, text = page()
    assert "Summer & <sea>" in shown.text
    assert "objects:cat" in shown.text
    photos = [photo["class"].split() for photo in shown.find("li", "photo")]
    assert [("a0" in keys, "a1" in keys, "a2" in keys) for keys in photos[:2]] == [
        (False, False, True),
        (True, False, True),
    ]
    assert ":root:has(#a0:checked) .photo:not(.a0)" in text
    assert [box["form"] for box in shown.find("input") if box["id"] in {"a0", "a1", "a2"}] == ["narrow"] * 3
    covers = [image for image in shown.find("img") if image["alt"].startswith("Cover of")]
    assert [image["alt"] for image in covers] == ["Cover of Summer & <sea>"]
    assert covers[0]["src"].startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("most", [60, 1])
def test_a_timeline_has_months_or_years_if_these_are_many(
    fake: FakeCatalog, page: Callable[[], tuple[Page, str]], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(report_timeline, "MAX_MONTHS", most)
    first, second, *_ = fake.state.images.values()
    first.capture_time.CopyFrom(DateTime(year=2024, month=5, day=3))
    second.capture_time.CopyFrom(DateTime(year=2023, month=1, day=3))
    fake.state.timeline = [
        pb.TimelineBucket(date=Date(year=2023, month=1), image_count=30),
        pb.TimelineBucket(date=Date(year=2024, month=5), image_count=60),
        pb.TimelineBucket(image_count=7),
    ]
    shown, text = page()
    photos = [photo["class"].split() for photo in shown.find("li", "photo")]
    assert ["t1" in photos[0], "t0" in photos[1]] == [True, True]
    assert not {"t0", "t1"} & set(photos[2])
    assert "2024-05: 60 photos" in text
    assert "--share: 0.500" in text
    asked = {request.granularity for request in fake.state.summarized}  # type: ignore[attr-defined]
    assert asked == {pb.TIMELINE_GRANULARITY_MONTH} | ({pb.TIMELINE_GRANULARITY_YEAR} if most == 1 else set())

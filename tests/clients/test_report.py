import base64
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from albumen.catalog.v1.face_pb2 import Face
from albumen.types.v1.detection_pb2 import ObjectDetection
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

_HOSTILE = "<script>alert(1)<|script>'\" onload=x.jpg"
_VOID = frozenset(("img", "input", "link", "meta"))


class Page(HTMLParser):
    """The elements of a page, and whether every one is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def find(self, tag: str, css_class: str = "") -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and (not css_class or css_class in attributes.get("class", "").split())
        ]


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (160, 160), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def library(fake: FakeCatalog, photo: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    anna = fake.add_person("aa11", "Anna <b>")
    ghost = fake.add_person("cc33", "Ghost", hidden=True, faces=1)
    box = BoundingBox(left=10, top=20, width=300, height=200)
    fake.state.objects = {_HOSTILE: [ObjectDetection(label="cat", score=0.9, box=box)]}
    fake.state.found_faces = {
        _HOSTILE: [Face(person=anna.name, box=box, thumbnail=_jpeg()), Face(box=box, thumbnail=_jpeg())],
        "b.jpg": [Face(person=anna.name, box=box, thumbnail=_jpeg()), Face(person=ghost.name, box=box)],
    }
    for number, name in enumerate((_HOSTILE, "b.jpg", "c.jpg")):
        photo(f"photos/{name}", (number * 80, 0, 0), (1600, 1200))
    folder = photo("photos/d.jpg", (9, 9, 9)).parent
    run("index", "--in-flight", "1", str(folder))
    monkeypatch.chdir(folder.parent)
    return folder


def _page(run: Run, *options: str) -> tuple[Page, str]:
    assert run("report", *options).exit_code == 0
    text = Path("report.html").read_text("utf-8")
    return Page(text), text


@pytest.mark.usefixtures("library")
def test_the_page_asks_nothing_of_any_network_and_runs_nothing(run: Run) -> None:
    page, text = _page(run)
    assert not re.search(r"https?://|url\(|@import", text)
    assert {tag for tag, _ in page.elements}.isdisjoint(("script", "link", "iframe", "object", "base"))
    for _, attributes in page.elements:
        assert not [key for key in attributes if key.startswith("on")]
        assert attributes.get("src", "data:").startswith("data:image/jpeg;base64,") or "src" not in attributes
    (policy,) = [each["content"] for each in page.find("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'")


@pytest.mark.usefixtures("library")
def test_what_others_named_is_text_and_nothing_else(run: Run) -> None:
    page, text = _page(run)
    assert "<script" not in text
    assert "<b>Anna" not in text
    assert _HOSTILE in " ".join(image["alt"] for image in page.find("img"))
    assert "Anna <b>" in page.text


@pytest.mark.usefixtures("library")
def test_every_photo_is_in_it_upright_and_small(run: Run) -> None:
    page, _ = _page(run)
    assert len(page.find("li", "photo")) == 4
    pictures = [each["src"] for each in page.find("img") if "face" not in each.get("class", "")]
    sizes = []
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))) as image:
            sizes.append(image.size)
    assert sorted(sizes) == [(64, 48), (1000, 750), (1000, 750), (1000, 750)]
    assert all(each["alt"] for each in page.find("img"))


@pytest.mark.usefixtures("library")
def test_boxes_are_in_the_frame_of_the_photo(run: Run) -> None:
    page, _ = _page(run)
    assert {"viewbox": "0 0 1600 1200", "preserveaspectratio": "none", "aria-hidden": "true"} in page.find("svg")
    # One object and four faces, the hidden person's as a face without a name.
    assert len(page.find("g", "object")) == 1
    assert len(page.find("g", "person")) == 4
    rect = page.find("rect", "over")[0]
    assert [rect[key] for key in ("x", "y", "width", "height")] == ["10.0", "20.0", "300.0", "200.0"]
    assert "Ghost" not in page.text


@pytest.mark.usefixtures("library")
def test_people_and_faces_of_nobody_are_shown(run: Run) -> None:
    page, _ = _page(run)
    # Anna's cover and one more, and the face of nobody.
    assert len(page.find("img", "face")) == 3
    assert len(page.find("img", "cover")) == 1
    assert "1 hidden person is left out." in page.text
    assert "1 face that resembles no other enough" in page.text


@pytest.mark.usefixtures("library")
def test_every_filter_narrows_the_photos_that_it_counts(run: Run) -> None:
    page, text = _page(run)
    keys = [each["id"] for each in page.find("input")]
    assert len(keys) == 2
    counts = [len([each for each in page.find("li", "photo") if key in each["class"].split()]) for key in keys]
    assert counts == [2, 1]
    for key in keys:
        assert f":root:has(#{key}:checked) .photo:not(.{key}) {{ display: none; }}" in text


@pytest.mark.usefixtures("library")
def test_what_does_not_fit_is_counted(run: Run) -> None:
    page, _ = _page(run, "--photos", "3")
    assert len(page.find("li", "photo")) == 3
    assert "1 more is in the library" in page.text
    assert "1 photo left out" in run("report", "--photos", "3").out


def test_a_photo_whose_file_is_gone_is_still_there(run: Run, library: Path) -> None:
    (library / "b.jpg").unlink()
    page, _ = _page(run)
    assert len(page.find("li", "photo")) == 4
    assert page.text.count("The original is not at hand") == 1


def test_an_empty_library_makes_a_page_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page, _ = _page(run)
    assert page.find("li", "photo") == []


@pytest.mark.usefixtures("library")
def test_a_page_that_can_not_be_written_leaves_the_old_one(run: Run) -> None:
    finished = run("report", "-o", "no/such/folder/report.html")
    assert finished.exit_code == 1
    assert "can't be written" in finished.err
    assert list(Path().glob(".*.part")) == []

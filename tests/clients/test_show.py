from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albumen.catalog.v1.face_pb2 import Face
from albumen.types.v1.detection_pb2 import ObjectDetection
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli.photo import load_upright
from services.common.drawing.annotation import Mark, annotate
from services.common.drawing.palette import color_of
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

_GREY = (128, 128, 128)
_ROTATED_LEFT = 6


def _box(left: float, top: float, width: float, height: float) -> BoundingBox:
    return BoundingBox(left=left, top=top, width=width, height=height)


def test_a_box_is_drawn_where_it_is_and_nowhere_else() -> None:
    plain = Image.new("RGB", (400, 300), _GREY)
    red = (255, 0, 0)
    pixels = np.asarray(annotate(plain, [Mark(_box(100, 120, 150, 90), "", red)]))
    for y, x in ((165, 100), (165, 249), (120, 175), (209, 175)):
        assert tuple(pixels[y, x]) == red
    changed = (pixels != _GREY).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (99, 119, 250, 210)
    assert not changed[126:204, 106:244].any()


@pytest.mark.parametrize("box", [(0, 0, 400, 300), (399, 299, 1, 1), (0, 280, 30, 20), (370, 0, 30, 8)])
def test_a_label_stays_in_the_photo(box: tuple[int, int, int, int]) -> None:
    color = (1, 200, 3)
    pixels = np.asarray(annotate(Image.new("RGB", (400, 300), _GREY), [Mark(_box(*box), "a label", color)]))
    ground = (np.abs(pixels.astype(int) - color).max(axis=2) < 25).sum()
    assert ground > 400


def test_a_label_with_other_letters_is_drawn() -> None:
    plain = Image.new("RGB", (200, 100), _GREY)
    drawn = [annotate(plain, [Mark(_box(20, 40, 60, 40), text, (255, 255, 0))]) for text in ("Ł", "Ж")]
    assert drawn[0].tobytes() != drawn[1].tobytes()


def test_a_photo_is_upright_rgb_and_no_larger_than_asked(tmp_path: Path) -> None:
    stored = Image.new("RGB", (640, 320), "red")
    exif = Image.Exif()
    exif[0x0112] = _ROTATED_LEFT
    stored.save(tmp_path / "a.jpg", exif=exif)
    assert load_upright(tmp_path / "a.jpg").size == (320, 640)
    assert load_upright(tmp_path / "a.jpg", longest_side=100).size == (50, 100)
    assert load_upright(tmp_path / "a.jpg", longest_side=1000).size == (320, 640)
    Image.new("LA", (4, 4), (0, 0)).save(tmp_path / "clear.png")
    assert load_upright(tmp_path / "clear.png").getpixel((0, 0)) == (255, 255, 255)


@pytest.fixture
def indexed(fake: FakeCatalog, photo: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = photo("party.png", _GREY, (400, 300))
    anna = fake.add_person("aa11", "Anna")
    fake.state.objects["party.png"] = [ObjectDetection(label="cat", score=0.5, box=_box(40, 60, 100, 80))]
    fake.state.found_faces["party.png"] = [Face(person=anna.name, score=0.9, box=_box(200, 100, 60, 60))]
    run("index", str(path))
    monkeypatch.chdir(path.parent)
    return path


@pytest.mark.usefixtures("indexed")
def test_show_draws_objects_and_people_onto_the_original(run: Run) -> None:
    finished = run("show", "party.png", "-o", "out.png")
    assert finished.exit_code == 0
    assert finished.out.splitlines()[-1] == "out.png"
    assert "face of Anna" in finished.out
    with Image.open("out.png") as picture:
        assert picture.size == (400, 300)
        assert picture.getpixel((40, 120)) == color_of("cat")
        assert picture.getpixel((200, 140)) == color_of("libraries/default/people/aa11")
        assert picture.getpixel((350, 250)) == _GREY


def test_show_takes_an_id_or_its_start_and_names_the_picture_by_it(run: Run, fake: FakeCatalog, indexed: Path) -> None:
    (name,) = fake.state.images
    identifier = name.rpartition("/")[2]
    assert run("show", identifier[:6]).exit_code == 0
    assert run("show", identifier.upper(), "-o", "full.jpg").exit_code == 0
    assert run("show", name, "-o", "name.jpg").exit_code == 0
    assert {path.name for path in indexed.parent.glob("*.jpg")} == {
        f"party-{identifier[:10]}-shown.jpg",
        "full.jpg",
        "name.jpg",
    }


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Tom & Ann (2).png", "Tom-Ann-2-"), ("\u0142\u00f3d\u017a.png", "\u0142\u00f3d\u017a-"),
        ("-o.png", "o-"), ("\u0416" * 100 + ".png", "\u0416" * 50 + "-"), ("&.png", ""),
    ],
)  # fmt: skip
def test_the_name_of_a_drawing_begins_with_that_of_the_photo(
    run: Run, fake: FakeCatalog, photo: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, name: str, stem: str
) -> None:
    path = photo(name, _GREY, (40, 30))
    run("index", str(path))
    monkeypatch.chdir(path.parent)
    (image,) = fake.state.images
    for _ in range(2):
        assert run("show", image).out.splitlines()[-1] == f"{stem}{image.rpartition('/')[2][:10]}-shown.jpg"


@pytest.mark.usefixtures("indexed")
def test_a_photo_is_found_by_any_name_of_its_files_and_by_their_paths(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("in/copy.png", "z.png"):
        (tmp_path / name).write_bytes((tmp_path / "party.png").read_bytes())
        assert run("index", str(tmp_path / name)).exit_code == 0
    for text in ("party.png", "copy.png", "in/copy.png", str(tmp_path / "z.png")):
        shown = run("show", text, "-o", "out.jpg")
        assert shown.exit_code == 0, text
        # Not by the name of the newest of its files.
        assert f"{Path(text).name}  400×300" in shown.out  # noqa: RUF001
        assert "is an indexed photo" in run("show", text, "-o", "in/../in/copy.png").err
    (tmp_path / "party.png").rename(tmp_path / "fest.png")
    run("index", str(tmp_path))
    assert run("show", "fest.png", "-o", "new.jpg").exit_code == 0
    assert "No image is named 'party.png'" in run("show", "party.png").err


def test_show_says_what_it_can_not_do(run: Run, indexed: Path) -> None:
    assert run("show", "party.png", "-o", "out.gif").exit_code == 2
    assert "No image is named 'nothing.jpg'" in run("show", "nothing.jpg").err
    assert "IMAGE_NOT_FOUND" in run("show", "0" * 64).err
    assert "is an indexed photo" in run("show", "party.png", "-o", "party.png").err
    assert "can't be written" in run("show", "party.png", "-o", "no/such/folder.png").err
    original = indexed.read_bytes()
    indexed.write_bytes(original[::-1])
    finished = run("show", "party.png")
    assert finished.exit_code == 1
    assert "its bytes have changed" in finished.err
    assert indexed.as_uri() in finished.err


def test_the_albums_of_a_photo_are_told(run: Run, fake: FakeCatalog, indexed: Path) -> None:
    assert "in albums" not in run("show", "party.png", "-o", "out.jpg").out
    for name in ("Summer", "Best", "Empty"):
        assert run("album", "create", name).exit_code == 0
    (image,) = fake.state.images.values()
    image.albums[:] = [album.name for album in fake.state.albums.values() if album.display_name != "Empty"]
    assert "in albums: Summer, Best\n" in run("show", str(indexed), "-o", "out.jpg").out

from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from albumen.types.v1.geometry_pb2 import BoundingBox
from services.common.drawing.annotation import Mark, annotate
from services.common.drawing.fonts import Fonts

_MISSING = "\uffff"
# DejaVu, which has Armenian letters but no Chinese ones, in many styles, among fonts of mathematics.
_OTHER_FONTS = Path(mpl.get_data_path(), "fonts", "ttf")


def _drawn(text: str, fonts: Fonts) -> bytes:
    mark = Mark(BoundingBox(left=20, top=40, width=60, height=40), text, (255, 255, 0))
    return annotate(Image.new("RGB", (100, 100)), [mark], fonts).tobytes()


@pytest.mark.parametrize(
    "letters",
    [
        pytest.param("ABCXYZabcxyz0123456789%.,'()-", id="ASCII"),
        pytest.param("ÀÉÎÑÖØÞßæœçğışžłőűāēķțȘǎẠễỡựỳ", id="Latin"),
        pytest.param("АБВЖЦЩЪЫЬЭЮЯёїєґўђћџәғқңөұһ", id="Cyrillic"),
        pytest.param("ΑΒΓΔΘΛΞΠΣΦΨΩάέήίόύώςἀᾳῥ", id="Greek"),
        pytest.param("अआइईउऊकखगघचछजझटठडढणतथदधन", id="Devanagari"),
    ],
)
def test_letters_are_drawn_where_the_system_has_no_fonts(letters: str) -> None:
    fonts = Fonts(folders=[])
    box = _drawn(_MISSING, fonts)
    for letter in letters:
        assert _drawn(letter, fonts) != box, letter


def test_letters_that_the_bundled_font_lacks_are_drawn_with_a_font_of_the_system() -> None:
    bundled, all_fonts = Fonts(folders=[]), Fonts([_OTHER_FONTS])
    for letter in "ԱԲԳԴաբգդ":
        assert _drawn(letter, bundled) == _drawn(_MISSING, bundled)
        assert _drawn(letter, all_fonts) not in {_drawn(_MISSING, all_fonts), _drawn(_MISSING, bundled)}
    for text in ("Անի", "Անի Жанна"):
        assert all_fonts.font_for(text, 20).getname() == ("DejaVu Sans", "Book")


def test_the_bundled_font_goes_before_those_of_the_system() -> None:
    fonts = Fonts([_OTHER_FONTS])
    for text in ("Anna", "Жанна", "Anna 花", "花", "Jean\u200d\ufe0f Luc", ""):
        assert fonts.font_for(text, 20).getname() == ("Noto Sans", "Regular"), text


def test_the_fonts_of_the_system_are_not_looked_for_without_need() -> None:
    unread = iter([_OTHER_FONTS])
    fonts = Fonts(unread)
    assert fonts.font_for("Жанна", 20).getname() == ("Noto Sans", "Regular")
    assert list(unread) == [_OTHER_FONTS]


def test_a_font_serves_every_label_that_needs_it() -> None:
    fonts = Fonts([_OTHER_FONTS])
    names = [fonts.font_for(text, 20).getname() for text in ("Անի", "花", "Anna", "Գոհար")]
    assert [family for family, _ in names] == ["DejaVu Sans", "Noto Sans", "Noto Sans", "DejaVu Sans"]


def test_what_is_no_font_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "folder.ttf").mkdir()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "DejaVuSans.TTF").write_bytes((_OTHER_FONTS / "DejaVuSans.ttf").read_bytes())
    fonts = Fonts([tmp_path / "nothing", tmp_path])
    assert fonts.font_for("Անի", 20).getname() == ("DejaVu Sans", "Book")


def test_a_font_with_damaged_letters_is_passed_over(tmp_path: Path) -> None:
    whole = (_OTHER_FONTS / "DejaVuSans.ttf").read_bytes()
    (tmp_path / "damaged.ttf").write_bytes(whole[:60_000] + b"\xff" * 500_000 + whole[560_000:])
    assert Fonts([tmp_path]).font_for("Անի", 20).getname() == ("Noto Sans", "Regular")
    assert Fonts([tmp_path, _OTHER_FONTS]).font_for("Անի", 20).getname() == ("DejaVu Sans", "Book")


def test_a_font_is_as_large_as_asked() -> None:
    font = Fonts(folders=[]).font_for("Жанна", 60)
    left, top, right, bottom = font.getbbox("Ж")
    assert 40 < bottom - top < 60
    assert 40 < right - left < 80

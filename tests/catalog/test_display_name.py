import unicodedata

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from services.catalog.display_name import checked_display_name
from services.common.errors import InvalidArgumentError, Reason


def refusal(name: str) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as caught:
        checked_display_name(name, field="display_name")
    assert caught.value.field == "display_name"
    return caught.value


LEGITIMATE = {
    "none": "",
    "Latin": "Jürgen O\u2019Connor-Łódź III",
    "Latin with digits": "John 2nd (cousin)",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Greek": "Αλέξανδρος Παπαδόπουλος",
    "Cyrillic": "Наталья Ильинична",
    "Cyrillic and Latin": "Маша (Masha) Smith",
    "Arabic": "عبد الرحمن",
    "Persian with a non-joiner": "مهدی علی‌زاده",
    "Arabic with a joiner": "\u0647\u200d",
    "Hebrew": "שָׁלוֹם עֲלֵיכֶם",
    "Hebrew with a mark of direction": "Anna (אנה)\u200f!",
    "Devanagari": "श्रीमती लक्ष्मी",
    "Devanagari with joiners": "क्‍ष न्‌य",
    "Bengali": "র‌্যাব",
    "Sinhala": "ශ්‍රී ලංකා",
    "Tamil": "கார்த்திகேயன்",
    "Thai": "สมชาย ใจดี",
    "Japanese": "田中ひろしカナ",
    "Japanese with a variant": "葛\U000e0100城",
    "Japanese and Latin": "田中Johnさん",
    "Korean": "김민준",
    "Chinese": "王小明",
    "Georgian": "ნინო",
    "Armenian": "Արամ",
    "Amharic": "አበበ",
    "emoji": "Mum 👩‍👧‍👦 ❤️",
    "emoji of a skin tone": "👩🏽‍🚀",
    "flags": "🇫🇷 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 🏳️‍🌈",
    "keycap": "No 1️⃣",
}


@pytest.mark.parametrize("case", LEGITIMATE)
def test_names_of_every_script_are_names(case: str) -> None:
    name = LEGITIMATE[case]
    assert checked_display_name(name, field="x") == unicodedata.normalize("NFC", name)


def test_composed_and_decomposed_names_are_the_same_name() -> None:
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    assert checked_display_name(decomposed, field="x") == checked_display_name(composed, field="x") == composed


def test_white_space_around_a_name_is_no_part_of_it_and_inside_it_is_one_space() -> None:
    assert checked_display_name(" \u00a0Anna \u3000\u2009 Smith\n", field="x") == "Anna Smith"


@pytest.mark.parametrize("blank", [" ", " \t\u3000", "\u2028"])
def test_a_name_of_white_space_takes_no_name_away(blank: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        checked_display_name(blank, field="x")
    assert (caught.value.reason, caught.value.field) == (Reason.DISPLAY_NAME_INVALID, "x")
    assert checked_display_name("", field="x") == ""


REFUSED = {
    "zero width space only": ("\u200b", 1, "U+200B"),
    "joiner only": ("\u200d", 1, "U+200D"),
    "Hangul filler only": ("\u3164", 1, "U+3164"),
    "Braille blank only": ("\u2800", 1, "U+2800"),
    "zero width space": ("An\u200bna", 3, "U+200B"),
    "joiner between Latin letters": ("An\u200dna", 3, "U+200D"),
    "soft hyphen": ("An\u00adna", 3, "U+00AD"),
    "byte order mark": ("\ufeffAnna", 1, "U+FEFF"),
    "tags": ("Anna\U000e0041", 5, "U+E0041"),
    "variation selector": ("Anna\ufe0f", 5, "U+FE0F"),
    "mark of direction in Latin": ("Anna\u200f", 5, "U+200F"),
    "NUL": ("An\0na", 3, "U+0000"),
    "line break": ("Anna\nSmith", 5, "U+000A"),
    "line separator": ("Anna\u2028Smith", 5, "U+2028"),
    "escape": ("\x1b[31mAnna", 1, "U+001B"),
    "C1 control": ("An\x9bna", 3, "U+009B"),
    "right-to-left override": ("Anna\u202egnp", 5, "U+202E"),
    "isolate": ("\u2066Anna\u2069", 1, "U+2066"),
    "override in Hebrew": ("\u05d0\u202d\u05d1", 2, "U+202D"),
    "private use": ("Anna\ue000", 5, "U+E000"),
    "no character": ("Anna\uffff", 5, "U+FFFF"),
    "Cyrillic A in a Latin word": ("\u0410nna", 1, "U+0410"),
    "Greek omicron in a Latin word": ("  B\u03bfb", 4, "U+03BF"),
    "Latin a in a Cyrillic word": ("\u041c\u0061\u0448\u0430", 2, "U+0061"),
    "Cherokee in a Latin word": ("Bob \u13aanna", 5, "U+13AA"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_names_that_cannot_be_seen_or_told_apart_are_refused(case: str) -> None:
    name, position, code = REFUSED[case]
    error = refusal(name)
    assert error.reason is Reason.DISPLAY_NAME_INVALID
    assert error.message.startswith(f"Character {position} of the name, {code}")
    assert error.metadata == {"position": str(position), "value": code}


def test_a_name_of_marks_only_shows_nothing() -> None:
    error = refusal("\u0301\u0302")
    assert (error.reason, error.message[:30]) == (Reason.DISPLAY_NAME_INVALID, "Nothing of the name can be see")


def test_a_name_has_a_longest_length_as_it_is_stored() -> None:
    assert len(checked_display_name("e\u0301" * 200, field="x")) == 200
    for name in ("x" * 201, "x" * 10_000_000):
        error = refusal(name)
        assert error.reason is Reason.DISPLAY_NAME_TOO_LONG
        assert error.metadata == {"limit": "200", "value": str(len(name))}


@given(st.text(max_size=60))
def test_a_stored_name_is_stored_the_same_again(text: str) -> None:
    try:
        name = checked_display_name(text, field="x")
    except InvalidArgumentError:
        reject()
    assert checked_display_name(name, field="x") == name
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set("\u200b\u202e\n\0\u2800")


SCRIPTS = {
    "Latin": "abcdefghijklmnopqrstuvwxyzäöüßéèñçø'- 0123456789",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ ",
    "Cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяієїґ ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ ",
    "Devanagari": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्ं ",
    "Japanese": "山田太郎佐藤鈴木ひらがなカタカナー ",
    "Korean": "김이박최정강조윤장임한오서신권황안송류홍 ",
}


@pytest.mark.parametrize("script", SCRIPTS)
@given(data=st.data())
def test_every_text_of_one_script_is_a_name(script: str, data: st.DataObject) -> None:
    letters = SCRIPTS[script]
    name = letters[0] + data.draw(st.text(letters, max_size=40))
    checked_display_name(name, field="x")

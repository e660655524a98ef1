import pytest

from services.common.file_name import readable_file_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a b.jpg", "a b.jpg"),
        (b"caf\xe9.jpg", "caf\N{REPLACEMENT CHARACTER}.jpg"),
        (b"back\\slash\n.jpg", "back\N{REPLACEMENT CHARACTER}slash\N{REPLACEMENT CHARACTER}.jpg"),
        ("\u00e4.jpg".encode(), "\u00e4.jpg"),
        (b"x" * 300, "x" * 255),
    ],
)
def test_a_name_is_text_that_harms_nobody(name: bytes, shown: str) -> None:
    assert readable_file_name(name) == shown

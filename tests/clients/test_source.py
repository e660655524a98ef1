import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.catalog.v1.image_pb2 import Image
from clients.cli.failure import CommandError
from clients.cli.source import find_original, require_original, to_path, to_uri

_NAMES = st.binary(min_size=1, max_size=40).filter(lambda name: not {b"/"[0], 0} & set(name) and name.strip(b"."))


@given(_NAMES)
def test_a_uri_leads_back_to_any_file_name(name: bytes) -> None:
    path = Path("/photos") / os.fsdecode(name)
    assert to_path(to_uri(path)) == path
    assert to_uri(path) == path.as_uri()


@pytest.mark.parametrize(
    "uri", ["https://example.org/a.jpg", "file://server/a.jpg", "", "a.jpg", "file:///a%00b", "//["]
)
def test_what_is_no_local_file_leads_nowhere(uri: str) -> None:
    assert to_path(uri) is None


def _image(path: Path, *uris: str) -> Image:
    data = path.read_bytes()
    name = f"libraries/default/images/{sha256(data).hexdigest()}"
    return Image(name=name, file_name=path.name, source_uris=uris, size_bytes=len(data))


def test_finds_the_first_file_that_still_has_the_bytes(photo: Callable[..., Path], tmp_path: Path) -> None:
    path = photo("a.jpg")
    same_size = tmp_path / "b.jpg"
    same_size.write_bytes(bytes(len(path.read_bytes())))
    image = _image(path, to_uri(tmp_path), to_uri(tmp_path / "gone.jpg"), to_uri(same_size), to_uri(path))
    assert find_original(image) == path


def test_a_changed_file_is_not_the_original(photo: Callable[..., Path]) -> None:
    path = photo("a.jpg")
    image = _image(path, to_uri(path))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match=r"a\.jpg is not here") as caught:
        require_original(image)
    assert caught.value.lines == (f"looked at {to_uri(path)}",)

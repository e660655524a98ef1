from pathlib import Path

import pytest

from services.common.file_uri import path_of, uri_of


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///photos/a.jpg", b"/photos/a.jpg"),
        ("file://localhost/photos/a.jpg", b"/photos/a.jpg"),
        ("FILE://LOCALHOST/photos/a.jpg", b"/photos/a.jpg"),
        ("file:/photos/a.jpg", b"/photos/a.jpg"),
        ("file:///photos/a%20b%3F%23%25.jpg", b"/photos/a b?#%.jpg"),
        ("file:///photos/%FF.jpg", b"/photos/\xff.jpg"),
        ("file:///photos/a..b/...", b"/photos/a..b/..."),
        ("file:///C:/a.jpg", b"/C:/a.jpg"),
        ("file:///C%3A%5Ca.jpg", b"/C:\\a.jpg"),
    ],
)
def test_a_file_of_this_machine_has_a_path(uri: str, path: bytes) -> None:
    assert path_of(uri) == path


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/photos/a.jpg",
        "http://localhost/photos/a.jpg",
        "smb://nas/photos/a.jpg",
        "file://nas/photos/a.jpg",
        "file://127.0.0.1/photos/a.jpg",
        "file://localhost:80/photos/a.jpg",
        "file://user@localhost/photos/a.jpg",
        "file:photos/a.jpg",
        "file:////nas/photos/a.jpg",
        "file:///photos//a.jpg",
        "file:///photos/",
        "file:///",
        "file://",
        "file:///photos/../etc/passwd",
        "file:///photos/./a.jpg",
        "file:///photos/%2e%2e/etc/passwd",
        "file:///photos/.%2E/etc/passwd",
        "file:///photos/..%2fetc%2fpasswd",
        "file:///photos%2Fa.jpg",
        "file:///photos/a.jpg%00.png",
        "file:///photos/a.jpg?download",
        "file:///photos/a.jpg#part",
        r"file:\\nas\a.jpg",
        r"C:\photos\a.jpg",
        "file:///photos/a.jpg\n",
    ],
)
def test_nothing_else_does(uri: str) -> None:
    assert path_of(uri) is None


def test_what_clients_make_of_a_path_leads_back_to_it(tmp_path: Path) -> None:
    for name in ("a b.jpg", "\u00e4\u4f60.jpg", "100%.jpg", "a;b=c&d,e+f@g!.jpg", "~a'(1)*$.jpg"):
        assert path_of((tmp_path / name).as_uri()) == bytes(tmp_path / name)


@pytest.mark.parametrize("path", [b"/photos/a b.jpg", b"/caf\xe9/100%.jpg", b"/a?b#c/\xc3\xa4.jpg", b"/a(1)+~.jpg"])
def test_a_path_has_one_uri_that_leads_back_to_it(path: bytes) -> None:
    assert path_of(uri_of(path)) == path
    assert uri_of(path).isascii()

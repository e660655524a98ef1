import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from services.common.scan.file_kind import PHOTO, FileKind, Kind, kind_by_content, kind_of


def _saved(form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), (90, 120, 150)).save(buffer, form, **options)
    return buffer.getvalue()


def _box(brand: bytes, *compatible: bytes) -> bytes:
    body = brand + bytes(4) + b"".join(compatible)
    return (8 + len(body)).to_bytes(4, "big") + b"ftyp" + body + bytes(64)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "MPO"])
def test_a_photo_without_a_suffix_is_found(form: str, tmp_path: Path) -> None:
    for name in ("IMG_0001", "saved.tmp", "photo.jpg~", "photo.jpg_large"):
        (tmp_path / name).write_bytes(_saved(form))
        assert kind_of(tmp_path / name) == PHOTO


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif", b"avis"])
def test_heif_of_every_brand_is_found(brand: bytes) -> None:
    assert kind_by_content(_box(brand, brand, b"heic")) == PHOTO


@pytest.mark.parametrize("name", ["a.HIF", "a.mpo", "a.apng", "a.JFIF", "a.heif", "a.dib"])
def test_a_suffix_that_says_photo_is_believed_without_opening(name: str, tmp_path: Path) -> None:
    assert kind_of(tmp_path / name) == PHOTO


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\x0a" + bytes(60), "JPEG XL"),
        (bytes.fromhex("0000000c4a584c200d0a870a") + bytes(60), "JPEG XL"),
        (_saved("JPEG2000"), "JPEG 2000"),
        (b"8BPS\0\1" + bytes(60), "Photoshop"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(60), "Canon RAW"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(80), "Fujifilm RAW"),
        (b"IIU\0\x18\0\0\0" + bytes(60), "Panasonic RAW"),
        (_saved("PPM"), "Netpbm"),
        (b"gimp xcf v011\0" + bytes(20), "GIMP"),
    ],
)
def test_a_picture_that_is_not_supported_is_called_by_its_format(head: bytes, name: str) -> None:
    assert kind_by_content(head) == FileKind(Kind.UNSUPPORTED, name)


@pytest.mark.parametrize(
    ("name", "format_name"),
    [("a.JXL", "JPEG XL"), ("a.jp2", "JPEG 2000"), ("a.NEF", "Nikon RAW"), ("a.dng", "DNG RAW"), ("a.raw", "RAW")],
)
def test_its_suffix_names_it_without_opening(name: str, format_name: str, tmp_path: Path) -> None:
    assert kind_of(tmp_path / name) == FileKind(Kind.UNSUPPORTED, format_name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.MP4", Kind.VIDEO),
        ("a.3gp", Kind.VIDEO),
        ("a.mov", Kind.VIDEO),
        ("a.m4a", Kind.AUDIO),
        ("a.txt", Kind.DOCUMENT),
        ("a.pdf", Kind.DOCUMENT),
        ("a.docx", Kind.DOCUMENT),
        ("a.xmp", Kind.SIDECAR),
        ("a.AAE", Kind.SIDECAR),
        ("a.json", Kind.OTHER),
        ("Thumbs.db", Kind.OTHER),
    ],
)
def test_a_suffix_that_is_no_photos_is_believed_without_opening(name: str, kind: Kind, tmp_path: Path) -> None:
    assert kind_of(tmp_path / name) == FileKind(kind)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (_box(b"isom"), Kind.VIDEO),
        (_box(b"qt  "), Kind.VIDEO),
        (b"ID3\3" + bytes(60), Kind.AUDIO),
        (b"<!DOCTYPE html><html>", Kind.DOCUMENT),
        (b"", Kind.OTHER),
        (b"hello", Kind.OTHER),
        (bytes(4096), Kind.OTHER),
        (bytes(range(256)) * 16, Kind.OTHER),
    ],
)
def test_content_that_is_no_picture_is_counted_by_kind(head: bytes, kind: Kind) -> None:
    assert kind_by_content(head) == FileKind(kind)


def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert kind_of(tmp_path / "pipe") == FileKind(Kind.OTHER)


def test_a_file_without_a_telling_name_is_looked_into_in_a_fresh_process() -> None:
    """Pillow has opened nothing before: it knows no format until it is asked to."""
    program = "from services.common.scan.file_kind import kind_by_content; print(kind_by_content(b'hello').kind.name)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() in {"OTHER", "DOCUMENT"}

"""What kind of file something is: by its name where that tells, by its first bytes where it does not."""

import mimetypes
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import puremagic
from PIL import Image

from services.common.image_header import FORMATS
from services.common.scan import format_names as names

HEAD_BYTES: Final = 4096
_SIGNATURE_BYTES: Final = 16
# A type of the standard library's that says nothing.
_ANYTHING: Final = "application/octet-stream"
# Only the table that Python brings: what a system adds to it differs from one machine to the next.
_TYPES: Final = mimetypes.MimeTypes(filenames=())


class Kind(Enum):
    """What a file is to somebody who indexes photos; the value names one and several of the kind."""

    PHOTO = ("photo", "photos")
    UNSUPPORTED = ("picture in a format that is not supported", "pictures in a format that is not supported")
    VIDEO = ("video", "videos")
    AUDIO = ("sound file", "sound files")
    DOCUMENT = ("document", "documents")
    SIDECAR = ("file that belongs to photos", "files that belong to photos")
    OTHER = ("other file", "other files")


@dataclass(frozen=True, slots=True)
class FileKind:
    """Kind of one file.

    Attributes:
        kind: what it is.
        format: what people call its format; set for UNSUPPORTED only.

    """

    kind: Kind
    format: str = ""


PHOTO: Final = FileKind(Kind.PHOTO)


def kind_of(path: Path) -> FileKind:
    """Return the kind of the file at `path`, which is opened only if its name does not tell.

    Raises:
        OSError: it had to be opened, and can't be read.

    """
    by_name = kind_by_name(path.suffix.lower())
    if by_name is not None:
        return by_name
    # An empty or special file has no first bytes to look at; opening a named pipe would block for ever.
    if not path.is_file():
        return FileKind(Kind.OTHER)
    with path.open("rb") as file:
        return kind_by_content(file.read(HEAD_BYTES))


def kind_by_name(suffix: str) -> FileKind | None:
    """Return the kind of files whose lower-case suffix is `suffix`, or None if that does not tell."""
    if suffix in names.PHOTO_SUFFIXES:
        return PHOTO
    if (name := names.UNSUPPORTED.get(suffix)) is not None:
        return FileKind(Kind.UNSUPPORTED, name)
    for kind, suffixes in (
        (Kind.SIDECAR, names.SIDECAR_SUFFIXES),
        (Kind.VIDEO, names.VIDEO_SUFFIXES),
        (Kind.AUDIO, names.AUDIO_SUFFIXES),
        (Kind.DOCUMENT, names.DOCUMENT_SUFFIXES),
        (Kind.OTHER, names.OTHER_SUFFIXES),
    ):
        if suffix in suffixes:
            return FileKind(kind)
    media_type, _ = _TYPES.guess_type(f"name{suffix}", strict=False)
    if media_type is None or media_type == _ANYTHING:
        return None
    return _kind_of_type(media_type, suffix)


def kind_by_content(head: bytes) -> FileKind:
    """Return the kind of a file that begins with `head`.

    Whether it is a photo is asked of the very readers that the services use; what else it is, of a library that
    knows thousands of signatures.
    """
    if not head:
        return FileKind(Kind.OTHER)
    is_photo = _has_reader(head)
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return PHOTO if is_photo else FileKind(Kind.OTHER)
    named = next((match for match in matches if match.mime_type or match.extension in names.UNSUPPORTED), matches[0])
    # Many raw formats are TIFF files too, in which a reader would find no more than the thumbnail.
    if named.extension in names.UNSUPPORTED and not (is_photo and named.mime_type in ("image/jpeg", "image/tiff")):
        return FileKind(Kind.UNSUPPORTED, names.UNSUPPORTED[named.extension])
    if is_photo:
        return PHOTO
    return _kind_of_type(named.mime_type, named.extension)


def _has_reader(head: bytes) -> bool:
    # Pillow knows only a few formats until it is asked for another, and none before its first image.
    Image.init()
    signature = head[:_SIGNATURE_BYTES]
    for name in FORMATS:
        _, accepts = Image.OPEN[name]
        if accepts is not None and accepts(signature) is True:
            return True
    return False


def _kind_of_type(media_type: str, suffix: str) -> FileKind:
    main, _, sub = media_type.partition("/")
    if main == "image":
        return FileKind(Kind.UNSUPPORTED, suffix.lstrip(".").upper() or sub)
    kinds = {"video": Kind.VIDEO, "audio": Kind.AUDIO, "text": Kind.DOCUMENT}
    return FileKind(kinds.get(main, Kind.OTHER))

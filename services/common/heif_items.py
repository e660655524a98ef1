"""What a HEIF file says of its items, as far as its reader has to be kept from it.

pi-heif makes texts of the types of items, and ends the process where one is no UTF-8 (pillow_heif #478). Sources for
the boxes: ISO/IEC 14496-12, sections 4.2 (Box), 8.11.1 (MetaBox) and 8.11.6 (ItemInfoEntry).
"""

from collections.abc import Iterator
from typing import Final

_BRAND_AT: Final = 4
_BOX_HEAD: Final = 8
_LONG_BOX_HEAD: Final = 16
# In an entry behind its name: version, flags, the item's id, of two bytes or four, and its protection, of two.
_TYPE_AT: Final = {2: 8, 3: 10}
_TYPE_BYTES: Final = 4
_MIME: Final = b"mime"
_ENTRY: Final = b"infe"
_LONGEST_STRINGS: Final = 4096
_NO_TEXT: Final = b"\xff"
# libheif refuses more than a thousand.
_MOST_ITEMS: Final = 10_000


def has_unreadable_items(data: bytes) -> bool:
    """Return whether `data`, if it is a HEIF file, calls an item's type or media type what is no text."""
    if data[_BRAND_AT:_BOX_HEAD] != b"ftyp":
        return False
    return any(_has_unreadable_items(box) for box in _meta_boxes(data))


def _meta_boxes(data: bytes) -> Iterator[bytes]:
    """Return what is in the boxes of the file that describe its items."""
    position = 0
    while position + _BOX_HEAD <= len(data):
        size, head = int.from_bytes(data[position : position + 4]), _BOX_HEAD
        kind = data[position + 4 : position + _BOX_HEAD]
        if size == 1:
            size, head = int.from_bytes(data[position + _BOX_HEAD : position + _LONG_BOX_HEAD]), _LONG_BOX_HEAD
        end = len(data) if size == 0 else position + size
        if kind == b"meta":
            yield data[position + head : end]
        if end < position + head:
            return
        position = end


def _has_unreadable_items(box: bytes) -> bool:
    # Looked for wherever a reader may find them, however damaged the boxes around them are.
    entry = box.find(_ENTRY)
    for _ in range(_MOST_ITEMS):
        if entry < 0:
            return False
        start = entry + len(_ENTRY)
        version = box[start] if start < len(box) else 0
        kind = start + _TYPE_AT.get(version, _TYPE_AT[3])
        names = [box[kind : kind + _TYPE_BYTES]]
        if names[0] == _MIME:
            # Behind the type: the item's name, then the media type, each ended by a zero.
            strings = box[kind + _TYPE_BYTES : kind + _TYPE_BYTES + _LONGEST_STRINGS].split(b"\0", 2)
            names.append(strings[1] if len(strings) > 2 else _NO_TEXT)  # noqa: PLR2004
        if not all(map(_is_text, names)):
            return True
        entry = box.find(_ENTRY, start)
    return True


def _is_text(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True

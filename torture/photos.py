"""Photos that say who is on them, and the embeddings of those faces."""

import io
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

from benchmarks.clustering.embeddings import DIMENSIONS
from services.catalog.clustering.similarity import Vectors

SIDE: Final = 320
PEOPLE: Final = 128

_FACE: Final = struct.Struct("<HffI")
_TEXT: Final = re.compile(rb"torture photo ([^ ]+) shows ([0-9a-f]*)\.")
_AFTER_START: Final = 2


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face on a photo.

    Attributes:
        person: whose, 0 to 127; faces of two people are orthogonal but for chance.
        likeness: to that person, 0 to 1: two faces of one person are as alike as the product of theirs.
        quality: how well it can be seen, 0 to 1.
        salt: tells faces apart.

    """

    person: int
    likeness: float
    quality: float
    salt: int

    def to_bytes(self) -> bytes:
        """Return it as `from_bytes` reads it."""
        return _FACE.pack(self.person, self.likeness, self.quality, self.salt)

    @classmethod
    def from_bytes(cls, data: bytes) -> "ShownFace":
        """Return the face at the beginning of `data`."""
        return cls(*_FACE.unpack_from(data))

    def embedding(self) -> Vectors:
        """Return unit float32 [512]."""
        vector = np.zeros(DIMENSIONS)
        noise = np.random.default_rng(self.salt).standard_normal(DIMENSIONS - PEOPLE)
        vector[PEOPLE:] = noise / np.linalg.norm(noise) * np.sqrt(max(0.0, 1 - self.likeness**2))
        vector[self.person % PEOPLE] = self.likeness
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def make_photo(name: str, faces: Sequence[ShownFace]) -> bytes:
    """Return a small JPEG; `name` makes it one of its own, and has no spaces."""
    packed = b"".join(face.to_bytes() for face in faces)
    text = f"torture photo {name} shows {packed.hex()}.".encode()
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return _picture()[:_AFTER_START] + comment + _picture()[_AFTER_START:]


def read_photo(content: bytes) -> list[ShownFace] | None:
    """Return who is on a photo, None if it does not say; `content` may be a message that holds it."""
    match = _TEXT.search(content)
    if match is None:
        return None
    packed = bytes.fromhex(match[2].decode())
    return [ShownFace.from_bytes(packed[at:]) for at in range(0, len(packed) - _FACE.size + 1, _FACE.size)]


@cache
def _picture() -> bytes:
    pixels = np.linspace(0, 255, SIDE * SIDE * 3).astype(np.uint8).reshape(SIDE, SIDE, 3)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=60)
    return file.getvalue()

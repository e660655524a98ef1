import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from services.catalog.library import Library
from services.catalog.parts import ImageParts
from services.catalog.pictures.form import PictureForm
from services.catalog.pictures.maker import BYTES_A_PIXEL, PictureMaker
from services.catalog.pictures.originals import Originals
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import Box, Preview
from services.common.decoding.decoder import Decoder, Decoders
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.drawing.annotation import object_mark
from services.common.limits import MAX_PICTURE_SIDE, PICTURE_MEMORY_BYTES, DecodeLimits, ImageLimits
from services.common.roots import Roots
from tests.catalog.clustering.synthetic import analysis

FORM = PictureForm(200)
NAME = "libraries/a/images/1"


class Watched:
    """Decoders that take their time, and count how many are lent at once."""

    def __init__(self) -> None:
        self._decoders = ThreadDecoders(DecodeLimits())
        self._lock = threading.Lock()
        self.lent = self.most = 0

    def start(self) -> None:
        pass

    def borrowed(self) -> int:
        return 0

    def tidy(self) -> None:
        pass

    def close(self) -> None:
        pass

    @contextmanager
    def lend(self, data: bytes) -> Iterator[Decoder]:
        with self._lock:
            self.lent += 1
            self.most = max(self.most, self.lent)
        time.sleep(0.05)
        with self._decoders.lend(data) as decoder:
            yield decoder
        with self._lock:
            self.lent -= 1


@pytest.fixture
def image(library: Library) -> ImageRecord:
    """An image of 400 x 300 pixels with a preview."""
    file = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(file, "JPEG")
    known = replace(analysis("a"), width=400, height=300, preview=Preview(400, 300, file.getvalue()))
    library.add_image(known)
    found = library.find_image(known.sha256, ~ImageParts(0))
    assert found is not None
    assert found.preview == known.preview
    return found


def maker(decoders: Decoders, pictures: int) -> PictureMaker:
    return PictureMaker(decoders, Originals(Roots([])), ImageLimits(), pictures * BYTES_A_PIXEL * 200 * 150)


def test_pictures_wait_for_each_others_memory(image: ImageRecord) -> None:
    assert BYTES_A_PIXEL * MAX_PICTURE_SIDE**2 <= PICTURE_MEMORY_BYTES
    most = []
    for room in (1, 4):
        watched = Watched()
        make = maker(watched, room).make
        with ThreadPoolExecutor(4) as threads:
            made = [call.result() for call in [threads.submit(make, image, NAME, FORM) for _ in range(8)]]
        assert {(picture.width, picture.height) for picture in made} == {(200, 150)}
        most.append(watched.most)
    assert most[0] == 1
    assert most[1] > 1


def test_a_preview_of_that_size_is_sent_as_it_is(image: ImageRecord) -> None:
    watched, whole = Watched(), PictureForm(400)
    assert image.preview is not None
    assert maker(watched, 8).make(image, NAME, whole).content == image.preview.content
    assert watched.most == 0
    drawn = maker(watched, 8).make(image, NAME, whole, [object_mark(Box(9, 9, 90, 90), "cat", 0.5)])
    assert drawn.content != image.preview.content
    assert watched.most == 1


def test_boxes_are_where_they_are_in_the_picture_and_no_label_is_of_what_is_beside_it(image: ImageRecord) -> None:
    make, square = maker(Watched(), 8).make, PictureForm(150, square=True)
    # 100, 50 and 300, 250 of the image are in the corners of its middle.
    middle, beside = object_mark(Box(100, 50, 200, 200), "", 1), object_mark(Box(0, 0, 49, 300), "dog", 1)
    plain = make(image, NAME, square).content
    assert make(image, NAME, square, [beside]).content == plain
    drawn = Image.open(io.BytesIO(make(image, NAME, square, [replace(middle, text="")]).content)).convert("RGB")
    clear = Image.open(io.BytesIO(plain)).convert("RGB")
    box = ImageChops.difference(drawn, clear).convert("L").point(lambda value: 255 * (value > 40)).getbbox()
    assert box == pytest.approx((25, 25, 125, 125), abs=3)

"""A text is found in any case of its letters, by one rule, be it in a row or in memory."""

from dataclasses import replace

import pytest

from services.catalog.expressions.image_filter import image_condition
from services.catalog.filters import ImageFilter
from services.catalog.library import Library
from services.catalog.vocabulary import Exif, Source
from tests.catalog.clustering.synthetic import analysis


@pytest.mark.parametrize(
    ("written", "asked", "is_found"),
    [
        ("SONY", "sony", True),
        ("Ärger", "äRGER", True),
        # The sigma at the end of a word is another small letter, and the same capital.
        ("ΟΔΟΣ", "οδος", True),
        ("\N{LATIN SMALL LETTER LONG S}ony", "Sony", True),
        ("Größe", "GRÖẞE", True),
        ("Größe", "Grösse", False),
        ("Sony", "S0ny", False),
    ],
)
def test_letters_are_the_same_in_any_case_wherever_the_text_is(
    library: Library, written: str, asked: str, is_found: bool
) -> None:
    image = replace(
        analysis("x"),
        source=Source("file:///x", f"{written}.jpg"),
        exif=Exif(camera_make=f"{written}.jpg", camera_model=f"{written}.jpg"),
    )
    library.add_image(image)
    for pattern in (f"= '{asked}.jpg'", f"= '{asked}*'", f":{asked}"):
        for field in ("file_name", "camera.make", "camera.model"):
            condition = image_condition(f"{field} {pattern}", lambda _, name: name)
            found = library.list_images(ImageFilter(condition=condition), limit=2).items
            assert bool(found) == is_found, (field, pattern)

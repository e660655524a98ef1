"""Images that wait for the writer at one moment, stored together."""

import contextlib
from collections.abc import Callable, Sequence

from services.catalog.image_writer import Added, ImageWriter
from services.catalog.not_found import image_not_found
from services.catalog.records import AddedImage, ImageRecord
from services.catalog.vocabulary import ImageAnalysis


class Additions:
    """Adds images to one library, several in one durable commit.

    Args:
        writer: of the library.
        find_image: reads a stored image by its SHA-256.
        library_id: for messages.

    """

    def __init__(self, writer: ImageWriter, find_image: Callable[[str], ImageRecord | None], library_id: str) -> None:
        self._writer = writer
        self._find_image = find_image
        self._library_id = library_id

    def add_all(self, analyses: Sequence[ImageAnalysis]) -> list[AddedImage | Exception]:
        """Store images in their order, as if each were added alone; return of each what became of it, or why not.

        What is returned as added is durable. Of an image that is returned with an exception, nothing is stored.
        """
        return [
            added if isinstance(added, Exception) else self._answer(analysis, added)
            for analysis, added in zip(analyses, self._write(analyses), strict=True)
        ]

    def _write(self, analyses: Sequence[ImageAnalysis]) -> list[Added | Exception]:
        if len(analyses) > 1:
            # Whose an exception is may not even be known: the commit fails for all. Alone, each bears only its own.
            with contextlib.suppress(Exception):
                return [*self._writer.add_together(analyses)]
        return [self._write_one(analysis) for analysis in analyses]

    def _write_one(self, analysis: ImageAnalysis) -> Added | Exception:
        try:
            return self._writer.add(analysis)
        except Exception as error:  # noqa: BLE001 - it is handed to the caller
            return error

    def _answer(self, analysis: ImageAnalysis, added: Added) -> AddedImage | Exception:
        try:
            image = added.image or self._find_image(analysis.sha256)
        except Exception as error:  # noqa: BLE001 - it is handed to the caller
            return error
        if image is None:
            return image_not_found(self._library_id, analysis.sha256)
        return AddedImage(image, already_indexed=added.image is None, replaced=added.replaced)

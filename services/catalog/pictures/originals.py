"""The original files of images, as long as they hold what was indexed."""

import hashlib
import os
from collections.abc import Callable
from typing import BinaryIO, Final, TypeVar

from services.catalog.records import ImageRecord
from services.common.cancellation import current_cancellation
from services.common.errors import FailedPreconditionError, Reason
from services.common.file_uri import path_of
from services.common.limits import PICTURE_CHUNK_BYTES
from services.common.roots import Roots

_HOW: Final = "ALBUMEN_CATALOG_PICTURE_ROOTS names; index images with the URI of their file as source_uri."
T = TypeVar("T")


class Originals:
    """Finds the originals of images at their places in the folders of the owner, the newest place first.

    All methods take long.

    Args:
        roots: the folders.

    """

    def __init__(self, roots: Roots) -> None:
        self._roots = roots

    def read(self, image: ImageRecord, name: str) -> bytes:
        """Return the bytes of an image's original.

        Args:
            image: read with its file and its places.
            name: resource name of the image, for messages.

        Raises:
            FailedPreconditionError: PICTURE_UNAVAILABLE, there is none that may be read; IMAGE_CONTENT_CHANGED, what
                is there is something else by now.

        """

        def read(file: BinaryIO) -> tuple[str, bytes]:
            content = file.read(image.size_bytes)
            return hashlib.sha256(content).hexdigest(), content

        file, content = self._find(image, name, read)
        file.close()
        return content

    def open(self, image: ImageRecord, name: str) -> "CheckedFile":
        """Return the original of an image, to be sent from its beginning; see `read`."""
        file, _ = self._find(image, name, _digest)
        file.seek(0)
        return CheckedFile(file, image, name)

    def _find(self, image: ImageRecord, name: str, read: Callable[[BinaryIO], tuple[str, T]]) -> tuple[BinaryIO, T]:
        """Return the first file that has the bytes of an image, open, and what `read` made of it beside their hash."""
        is_there = False
        for uri in reversed(image.source_uris):
            path = path_of(uri) if self._roots else None
            descriptor = None if path is None else self._roots.open(path)
            if descriptor is None:
                continue
            file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - whoever gets it closes it
            try:
                # What else is there may be of any size, and needn't be read to be told apart.
                if os.fstat(descriptor).st_size == image.size_bytes:
                    sha256, made = read(file)
                    if sha256 == image.sha256:
                        return file, made
                is_there = True
            except OSError:
                # A drive may go while it is read.
                pass
            except BaseException:
                file.close()
                raise
            file.close()
        raise _changed(name) if is_there else self._unavailable(name)

    def _unavailable(self, name: str) -> FailedPreconditionError:
        if self._roots:
            why = "No file of the image is where the catalog may read it: it is gone, or elsewhere"
            what = f"Put it back, or index it from where it is now. The catalog reads in the folders that {_HOW}"
        else:
            why = "The catalog keeps no preview of the image that would do, and reads no originals"
            what = f"It reads those in folders that {_HOW} ALBUMEN_CATALOG_PREVIEW_PIXELS keeps previews of new images."
        return FailedPreconditionError(Reason.PICTURE_UNAVAILABLE, f"{why}. {what}", resource=name)


class CheckedFile:
    """An original on its way out, whose last bytes are given only if all were those of the image.

    Args:
        file: open at its beginning.
        image: whose it is.
        name: of the image, for messages.

    """

    def __init__(self, file: BinaryIO, image: ImageRecord, name: str) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._left = image.size_bytes
        self._sha256 = image.sha256
        self._name = name

    def read(self) -> bytes:
        """Return the next bytes, 1 MiB or what is left; empty at the end.

        Raises:
            FailedPreconditionError: IMAGE_CONTENT_CHANGED, or PICTURE_UNAVAILABLE if it can't be read any more.

        """
        if not self._left:
            return b""
        try:
            block = self._file.read(min(self._left, PICTURE_CHUNK_BYTES))
        except OSError:
            raise FailedPreconditionError(
                Reason.PICTURE_UNAVAILABLE,
                "The file of the image can't be read any more. See whether its drive is still there, then retry.",
                resource=self._name,
            ) from None
        self._left -= len(block)
        self._digest.update(block)
        if not block or (not self._left and self._digest.hexdigest() != self._sha256):
            raise _changed(self._name)
        return block

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _changed(name: str) -> FailedPreconditionError:
    return FailedPreconditionError(
        Reason.IMAGE_CONTENT_CHANGED,
        "The file of the image holds other bytes than those that were indexed. Index it again, and ask for the new "
        "image.",
        resource=name,
    )


def _digest(file: BinaryIO) -> tuple[str, None]:
    """Return the hash of a file, which is read for as long as somebody waits for it."""
    digest, cancellation = hashlib.sha256(), current_cancellation()
    while block := file.read(PICTURE_CHUNK_BYTES):
        cancellation.check()
        digest.update(block)
    return digest.hexdigest(), None

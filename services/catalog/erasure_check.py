"""Whether a library may be erased."""

from services.catalog.records import LibraryRecord
from services.common.errors import AbortedError, FailedPreconditionError, Reason
from services.common.excerpt import excerpt


def check_erasable(record: LibraryRecord, *, force: bool, etag: str | None) -> None:
    """Check that a library may be erased as a caller asks for it.

    Raises:
        AbortedError: ETAG_MISMATCH.
        FailedPreconditionError: LIBRARY_NOT_EMPTY, unless it is forced.

    """
    if etag and etag != record.etag:
        raise AbortedError(
            Reason.ETAG_MISMATCH,
            f"The library has changed since its etag was {excerpt(etag)!r}. Get it again before you erase it.",
            resource=f"libraries/{record.id}",
        )
    images = record.image_count + record.trashed_count
    if images and not force:
        raise FailedPreconditionError(
            Reason.LIBRARY_NOT_EMPTY,
            f"Library {record.id!r} is not empty (images: {images:,}). Set force to erase them too.",
            resource=f"libraries/{record.id}",
            metadata={"image_count": str(images)},
        )

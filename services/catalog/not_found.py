"""The errors for what a library does not have."""

from services.common.errors import NotFoundError, Reason
from services.common.excerpt import excerpt


def library_not_found(library_id: str) -> NotFoundError:
    """Return the error for a library that is not there."""
    shown = excerpt(library_id)
    return NotFoundError(
        Reason.LIBRARY_NOT_FOUND,
        f"There is no library {shown!r}. List the libraries, or create it.",
        resource=f"libraries/{shown}",
    )


def image_not_found(library_id: str, sha256: str) -> NotFoundError:
    """Return the error for an image that is not in the library."""
    return NotFoundError(
        Reason.IMAGE_NOT_FOUND,
        f"Library {library_id!r} has no image {excerpt(sha256)!r}. Index it first.",
        resource=f"libraries/{library_id}/images/{excerpt(sha256)}",
    )


def person_not_found(library_id: str, person_id: str) -> NotFoundError:
    """Return the error for a person that is not in the library."""
    return NotFoundError(
        Reason.PERSON_NOT_FOUND,
        f"Library {library_id!r} has no person {excerpt(person_id)!r}; a person whose last face is deleted "
        "is gone. List the people to see who is there.",
        resource=f"libraries/{library_id}/people/{excerpt(person_id)}",
    )


def album_not_found(library_id: str, album_id: str) -> NotFoundError:
    """Return the error for an album that is not in the library."""
    return NotFoundError(
        Reason.ALBUM_NOT_FOUND,
        f"Library {library_id!r} has no album {excerpt(album_id)!r}. List the albums to see which there are.",
        resource=f"libraries/{library_id}/albums/{excerpt(album_id)}",
    )


def folder_not_found(library_id: str, folder_id: str) -> NotFoundError:
    """Return the error for a folder that is not in the library."""
    return NotFoundError(
        Reason.FOLDER_NOT_FOUND,
        f"Library {library_id!r} has no folder {excerpt(folder_id)!r}. List the folders to see which there are.",
        resource=f"libraries/{library_id}/folders/{excerpt(folder_id)}",
    )


def face_not_found(library_id: str, face_id: int) -> NotFoundError:
    """Return the error for a face that is not in the library."""
    return NotFoundError(
        Reason.FACE_NOT_FOUND,
        f"Library {library_id!r} has no face {face_id}; its image may have been deleted. List the faces.",
        resource=f"libraries/{library_id}/faces/{face_id}",
    )


def edit_not_found(library_id: str, edit_id: int, kept: int) -> NotFoundError:
    """Return the error for an edit that is not in the library, which keeps the newest `kept`."""
    return NotFoundError(
        Reason.EDIT_NOT_FOUND,
        f"Library {library_id!r} has no edit {edit_id}; it remembers the newest {kept:,}. List the edits.",
        resource=f"libraries/{library_id}/edits/{edit_id}",
    )


def operation_not_found(library_id: str, operation_id: str) -> NotFoundError:
    """Return the error for an operation that the library does not have, or not any more."""
    return NotFoundError(
        Reason.OPERATION_NOT_FOUND,
        f"Library {excerpt(library_id)!r} has no operation {excerpt(operation_id)!r}; one that is done is kept for "
        "some time only. List the operations.",
        resource=f"libraries/{excerpt(library_id)}/operations/{excerpt(operation_id)}",
    )

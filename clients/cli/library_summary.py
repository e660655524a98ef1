"""What a library is and holds, in a few words."""

from albumen.catalog.v1.library_pb2 import LIBRARY_STATE_UNAVAILABLE, Library
from services.common.plural import plural


def library_label(library: Library) -> str:
    """Return the id of `library`, with the name that a user gave it."""
    identifier = library.name.rpartition("/")[2]
    return f"{identifier} ({library.display_name})" if library.display_name else identifier


def is_unavailable(library: Library) -> bool:
    """Return whether `library` can't be opened, so that nobody knows what it holds."""
    return library.state == LIBRARY_STATE_UNAVAILABLE


def describe_contents(library: Library) -> str:
    """Return what `library` holds, for example "3 photos, 5 faces and 2 people"."""
    if is_unavailable(library):
        return "can't be opened, so nobody knows what it holds"
    if not library.image_count:
        return "empty"
    faces, people = plural(library.face_count, "face"), plural(library.person_count, "person", "people")
    return f"{plural(library.image_count, 'photo')}, {faces} and {people}"

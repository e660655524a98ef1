"""Files whose bytes change where they are."""

from services.catalog.library import Library
from tests.catalog.clustering.synthetic import Embeddings, analysis, sha256

PLACE = "file:///photos/ann.jpg"


def add(library: Library, name: str, *embeddings: Embeddings, source: str) -> str | None:
    """Index bytes at a place; return the name of the bytes that they replace."""
    replaced = library.add_image(analysis(name, *embeddings, source=source)).replaced
    return {sha256(known): known for known in ("before", "after", "between")}.get(replaced or "")


def person_of(library: Library, name: str, face: int = 0) -> str | None:
    image = library.find_image(sha256(name))
    assert image is not None
    return sorted(image.faces, key=lambda found: found.id)[face].person_id

"""What a person typed, resolved to the one resource that is meant."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.person_pb2 import Person
from clients.cli.connection import Catalog
from clients.cli.failure import CommandError

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MAX_LISTED: Final = 10
_SHORT_CHARS: Final = 10


def short_id(name: str) -> str:
    """Return the start of the id in a resource name: enough for people to tell resources apart."""
    return name.rpartition("/")[2][:_SHORT_CHARS]


def resolve_person(people: Sequence[Person], text: str) -> Person:
    """Return the person whose id, start of id or display name is `text`.

    Raises:
        CommandError: nobody or several are meant; the latter are listed.

    """
    wanted = text.rpartition("/")[2] if text.startswith("libraries/") else text
    ids = {person.name.rpartition("/")[2]: person for person in people}
    if wanted in ids:
        return ids[wanted]
    matches = [
        person
        for identifier, person in ids.items()
        if wanted and (identifier.startswith(wanted.lower()) or person.display_name.casefold() == wanted.casefold())
    ]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise CommandError(
            f"Nobody is called {text!r}, and no person's id starts so.",
            advice="`albumen people --all` lists everybody with their ids.",
        )
    raise CommandError(
        f"{text!r} may mean {len(matches)} people.",
        lines=_listed([f"{_id(match.name)}  {match.display_name or '(no name)'}" for match in matches]),
        advice="Give more of the id.",
    )


def resolve_edit(edits: Iterable[Edit], text: str | None) -> Edit:
    """Return the edit whose number or resource name is `text`; without a text the newest that is not undone.

    Args:
        edits: the newest first.
        text: what was typed, if anything.

    Raises:
        CommandError: there is none.

    """
    wanted = None if text is None else _id(text)
    for edit in edits:
        if _id(edit.name) == wanted or (wanted is None and not edit.undone):
            return edit
    raise CommandError(
        "There is nothing to undo." if text is None else f"There is no edit {text!r}.",
        advice="`albumen edits` lists what was corrected.",
    )


def resolve_image(catalog: Catalog, text: str) -> Image:
    """Return the image whose id, start of id or file name is `text`, with all its fields.

    Raises:
        CommandError: none or several are meant; the latter are listed.

    """
    wanted = text.rpartition("/")[2] if text.startswith("libraries/") else text
    if _SHA256.fullmatch(wanted.lower()):
        return catalog.image(f"{catalog.parent}/images/{wanted.lower()}")
    matches = [
        image
        for image in catalog.list_images("name", "file_name")
        if wanted and (_id(image.name).startswith(wanted.lower()) or image.file_name == wanted)
    ]
    if len(matches) == 1:
        return catalog.image(matches[0].name)
    if not matches:
        raise CommandError(
            f"No image is named {text!r}, and no image's id starts so.",
            advice="`albumen images` lists what is indexed.",
        )
    raise CommandError(
        f"{text!r} may mean {len(matches)} images.",
        lines=_listed([f"{short_id(match.name)}  {match.file_name}" for match in matches]),
        advice="Give more of the id.",
    )


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - _MAX_LISTED
    return [*lines[:_MAX_LISTED], f"and {more} more"] if more > 0 else lines

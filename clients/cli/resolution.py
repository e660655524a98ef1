"""What a person typed, resolved to the one resource that is meant."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.connection import Catalog
from clients.cli.failure import CommandError
from clients.cli.indexing.vanished import absolute
from clients.cli.shown_path import shown
from clients.cli.source import to_path, to_uri
from services.common.sha256 import is_sha256

# Of an id, as many are shown.
SHORT_CHARS: Final = 10
# With fewer of its characters typed, somebody else may have been meant.
MIN_ID_CHARS: Final = 4

_MAX_LISTED: Final = 10
_Named = TypeVar("_Named", Album, Folder)


def short_id(name: str) -> str:
    """Return the start of the id in a resource name: enough for people to tell resources apart."""
    return name.rpartition("/")[2][:SHORT_CHARS]


def name_key(name: str) -> str:
    """Return what names are compared by: the same for every spelling of a name in Unicode, and for every case."""
    # Folding may take a text out of its normal form.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


def resolve_person(people: Sequence[Person], text: str) -> Person:
    """Return the person whose id, display name or start of id is `text`; the first of these that fits counts.

    Raises:
        CommandError: nobody or several are meant; the latter are listed.

    """
    if not text.strip():
        raise CommandError("Nobody has an empty name.", advice=_how_to_name(), exit_code=exit_codes.WRONG_USE)
    wanted = _id(text) if text.startswith("libraries/") else text
    ids = {_id(person.name): person for person in people}
    if wanted in ids:
        return ids[wanted]
    key = name_key(wanted)
    named = [person for person in people if name_key(person.display_name) == key]
    exact = [person for person in named if _same_text(person.display_name, wanted)]
    starting = [person for identifier, person in ids.items() if _starts(identifier, wanted)]
    # Whoever is called just so is meant, however many ids begin with these letters.
    matches = exact or named or starting
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise CommandError(f"Nobody is called {text!r}, and {_no_id('person', wanted)}.", advice=_how_to_name())
    raise CommandError(
        f"{text!r} may mean {len(matches)} people.",
        lines=_listed([f"{_id(match.name)}  {match.display_name or '(no name)'}" for match in matches]),
        advice="Give more of the id.",
    )


def resolve_album(albums: Sequence[Album], text: str) -> Album:
    """Return the album whose id, name or start of id is `text`; see `_resolve_named`."""
    return _resolve_named(albums, text, "album")


def resolve_folder(folders: Sequence[Folder], text: str) -> Folder:
    """Return the folder whose id, name or start of id is `text`; see `_resolve_named`."""
    return _resolve_named(folders, text, "folder")


def resolve_edit(edits: Iterable[Edit], text: str | None) -> Edit:
    """Return the edit whose number or resource name is `text`; without a text the newest that is not undone.

    Args:
        edits: the newest first.
        text: what was typed, if anything.

    Raises:
        CommandError: there is none.

    """
    wanted = None if text is None else _id(text)
    if wanted is not None and not wanted.isdecimal():
        raise CommandError(
            f"{text!r} is no number of an edit.",
            advice=f"`{command('edits')}` lists what was corrected.",
            exit_code=exit_codes.WRONG_USE,
        )
    for edit in edits:
        if _id(edit.name) == wanted or (wanted is None and not edit.undone):
            return edit
    raise CommandError(
        "There is nothing to undo." if text is None else f"There is no edit {text!r}.",
        advice=f"`{command('edits')}` lists what was corrected.",
    )


def resolve_image(catalog: Catalog, text: str, among: ImageFilter | None = None) -> Image:
    """Return the image that `text` means, with all its fields; it is called as the file is that `text` names.

    Args:
        catalog: where it is.
        text: an id or the start of one, a path to one of the image's files, or the name of one.
        among: which images may be meant by the start of an id, and come first where others are called the same; by
            default those not in the trash.

    Raises:
        CommandError: none or several are meant; the latter are listed.

    """
    if not text:
        raise CommandError(
            "No image has an empty name.",
            advice=f"`{command('images')}` lists what is indexed.",
            exit_code=exit_codes.WRONG_USE,
        )
    wanted = _id(text) if text.startswith("libraries/") else text
    if is_sha256(wanted.lower()):
        return catalog.image(f"{catalog.parent}/images/{wanted.lower()}")
    if (place := catalog.source(to_uri(Path(wanted)))) is not None:
        return _image_called(catalog, place.image, place.file_name)
    matches = _images_called(catalog, wanted, among)
    if len(matches) == 1:
        return _image_called(catalog, *next(iter(matches.items())))
    if not matches:
        raise CommandError(
            f"No image is named {shown(text)!r}, and {_no_id('image', wanted)}.",
            advice=f"`{command('images')}` lists what is indexed.",
        )
    raise CommandError(
        f"{shown(text)!r} may mean {len(matches)} images.",
        lines=_listed([f"{short_id(name)}  {file_name}" for name, file_name in matches.items()]),
        advice="Give more of the id, or the path of the file.",
    )


def _image_called(catalog: Catalog, name: str, file_name: str) -> Image:
    """Return the image `name` with the name of that of its files which is meant."""
    image = catalog.image(name)
    image.file_name = file_name
    return image


def _images_called(catalog: Catalog, wanted: str, among: ImageFilter | None) -> dict[str, str]:
    """Return the file name of every image whose id starts with `wanted`, or one of whose files is shown so."""
    listed, matches, others = set[str](), dict[str, str](), dict[str, str]()
    name, path = shown(wanted), shown(absolute(Path(wanted)))
    for image in catalog.list_images("name", "file_name", image_filter=among):
        listed.add(image.name)
        if _starts(_id(image.name), wanted) or _same_text(shown(image.file_name), name):
            matches[image.name] = image.file_name
    # An image shows the name of its newest file only.
    for place in catalog.list_sources():
        file = to_path(place.uri)
        if _same_text(shown(place.file_name), name) or (file is not None and _same_text(shown(file), path)):
            (matches if place.image in listed else others).setdefault(place.image, place.file_name)
    # Places are those of the trash as well: one there is meant where no other is called so, and the other way round.
    return matches or others


def _starts(identifier: str, text: str) -> bool:
    """Return whether `text` is enough of the start of an id."""
    return len(text) >= MIN_ID_CHARS and identifier.startswith(text.lower())


def _no_id(kind: str, text: str) -> str:
    """Return why no id is meant by `text`."""
    if len(text) < MIN_ID_CHARS:
        return f"of an id, at least {MIN_ID_CHARS} characters are needed"
    return f"no {kind}'s id starts so"


def _how_to_name() -> str:
    return f"`{command('people', '--all')}` lists everybody with their ids."


def _same_text(one: str, other: str) -> bool:
    """Return whether two texts are the same to people: letters with accents may be one character or two."""
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - _MAX_LISTED
    return [*lines[:_MAX_LISTED], f"and {more} more"] if more > 0 else lines


def _resolve_named(resources: Sequence[_Named], text: str, kind: str) -> _Named:
    """Return the album or folder whose id, name or start of id is `text`; the first of these that fits counts.

    Raises:
        CommandError: none or several are meant; the latter are listed.

    """
    advice = f"`{command(kind, 'list')}` lists all {kind}s with their ids."
    if not text.strip():
        raise CommandError(f"No {kind} has an empty name.", advice=advice, exit_code=exit_codes.WRONG_USE)
    wanted = _id(text) if text.startswith("libraries/") else text
    ids = {_id(one.name): one for one in resources}
    if wanted in ids:
        return ids[wanted]
    named = [one for one in resources if name_key(one.display_name) == name_key(wanted)]
    exact = [one for one in named if _same_text(one.display_name, wanted)]
    matches = exact or named or [one for identifier, one in ids.items() if _starts(identifier, wanted)]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise CommandError(f"No {kind} is called {text!r}, and {_no_id(kind, wanted)}.", advice=advice)
    raise CommandError(
        f"{text!r} may mean {len(matches)} {kind}s.",
        lines=_listed([f"{_id(match.name)}  {match.display_name}" for match in matches]),
        advice="Give more of the id.",
    )

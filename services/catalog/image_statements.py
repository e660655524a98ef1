"""What users say of images, and in which form it is stored."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DESCRIPTION_CHARS, MAX_RATING, MAX_TAG_CHARS, MAX_TAGS

# Composition makes a text shorter, but never by so much.
_MAX_COMPOSITION: Final = 8


@dataclass(frozen=True, slots=True)
class Statements:
    """What users said of an image.

    Attributes:
        favorite: whether it is one of their favourites.
        rating: 1 to 5; 0 if they gave none.
        description: may have several lines; may be empty.
        tags: each once, whatever its case, in the order of their letters.

    """

    favorite: bool = False
    rating: int = 0
    description: str = ""
    tags: tuple[str, ...] = ()

    def with_those_of(self, other: "Statements") -> "Statements":
        """Return what was said of either image, where both can't be true of this one."""
        return replace(
            self,
            favorite=self.favorite or other.favorite,
            rating=self.rating or other.rating,
            description=self.description or other.description,
            tags=_once([*self.tags, *other.tags])[:MAX_TAGS],
        )


NOTHING_SAID: Final = Statements()


def checked_rating(rating: int, *, field: str) -> int:
    """Return a rating.

    Raises:
        InvalidArgumentError: RATING_OUT_OF_RANGE.

    """
    if not 0 <= rating <= MAX_RATING:
        raise InvalidArgumentError(
            Reason.RATING_OUT_OF_RANGE,
            f"{rating} is no rating: it is 1 to {MAX_RATING}, or 0 for none.",
            field=field,
            metadata={"limit": str(MAX_RATING), "value": str(rating)},
        )
    return rating


def checked_description(description: str, *, field: str) -> str:
    """Return a description in the form in which it is stored: NFC, trimmed, and its lines apart by line feeds.

    Raises:
        InvalidArgumentError: DESCRIPTION_TOO_LONG; or DESCRIPTION_INVALID, it holds a control character.

    """
    text = description.replace("\r\n", "\n").strip()
    if len(text) <= MAX_DESCRIPTION_CHARS * _MAX_COMPOSITION:
        # Imported here, for its tables take a tenth of the time in which a catalog starts.
        from services.catalog.name_faults import controls_in  # noqa: PLC0415

        for position, why in controls_in(text):
            if text[position] not in "\n\t":
                raise _holds(Reason.DESCRIPTION_INVALID, "description", text, position, why, field)
        text = unicodedata.normalize("NFC", text)
    if len(text) > MAX_DESCRIPTION_CHARS:
        raise _too_long(Reason.DESCRIPTION_TOO_LONG, "description", len(text), MAX_DESCRIPTION_CHARS, field)
    return text


def checked_tags(tags: Sequence[str], *, field: str) -> tuple[str, ...]:
    """Return tags in the form in which they are stored: NFC, trimmed, with single spaces, and each once.

    Of those that differ in case alone, the first stays.

    Raises:
        InvalidArgumentError: TOO_MANY_TAGS; of each, TAG_TOO_LONG, or TAG_INVALID as DISPLAY_NAME_INVALID of a name.

    """
    if len(tags) > MAX_TAGS:
        raise InvalidArgumentError(
            Reason.TOO_MANY_TAGS,
            f"{len(tags):,} tags are more than the limit of {MAX_TAGS}. Leave some out.",
            field=field,
            metadata={"limit": str(MAX_TAGS), "value": str(len(tags))},
        )
    checks = Checks()
    checked = [checks.run(_checked_tag, tag, field=f"{field}[{position}]") for position, tag in enumerate(tags)]
    checks.done()
    return _once(checked)


def _checked_tag(text: str, *, field: str) -> str:
    from services.catalog.name_faults import faults_of, is_visible, single_spaced  # noqa: PLC0415

    tag = text.strip()
    if len(tag) <= MAX_TAG_CHARS * _MAX_COMPOSITION:
        for position, why in faults_of(tag):
            raise _holds(Reason.TAG_INVALID, "tag", tag, position, why, field)
        if not is_visible(tag):
            raise InvalidArgumentError(
                Reason.TAG_INVALID, "Nothing of the tag can be seen. Use letters, digits or symbols.", field=field
            )
        tag = single_spaced(unicodedata.normalize("NFC", tag))
    if len(tag) > MAX_TAG_CHARS:
        raise _too_long(Reason.TAG_TOO_LONG, "tag", len(tag), MAX_TAG_CHARS, field)
    return tag


def tag_key(tag: str) -> str:
    """Return what tags are compared by, and ordered by."""
    # Folding may take a text out of its normal form.
    return unicodedata.normalize("NFC", tag.casefold())


def _once(tags: Sequence[str]) -> tuple[str, ...]:
    """Return each of `tags` once, in their order; of those that differ in case alone, the first."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag_key(tag), tag)
    return tuple(tag for _, tag in sorted(first.items()))


def _holds(reason: Reason, what: str, text: str, position: int, why: str, field: str) -> InvalidArgumentError:
    code = f"U+{ord(text[position]):04X}"
    label = f"{code} {unicodedata.name(text[position], '')}".strip()
    return InvalidArgumentError(
        reason,
        f"Character {position + 1} of the {what}, {label}, {why}. Remove or replace it.",
        field=field,
        metadata={"position": str(position + 1), "value": code},
    )


def _too_long(reason: Reason, what: str, chars: int, limit: int, field: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        reason,
        f"The {what} has {chars:,} characters, more than the limit of {limit:,}. Shorten it.",
        field=field,
        metadata={"limit": str(limit), "value": str(chars)},
    )

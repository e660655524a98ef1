"""Read and update masks."""

from collections.abc import Collection
from typing import Final, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.limits import MAX_MASK_PATHS

_ALL: Final = "*"
M = TypeVar("M", bound=Message)


class ReadMask:
    """Which fields of a message are sent.

    Args:
        mask: what the caller asks for; without paths it means `default`, and ``*`` means every field.
        message_type: the message.
        default: fields that are sent if the mask has no paths; None means all.

    Raises:
        InvalidArgumentError: READ_MASK_INVALID if a path is not a field of the message itself, or there are more than
            100 of them.

    """

    def __init__(self, mask: FieldMask, message_type: type[Message], default: Collection[str] | None = None) -> None:
        fields = [field.name for field in message_type.DESCRIPTOR.fields]
        _check_count(mask, Reason.READ_MASK_INVALID, "read_mask")
        if not mask.paths:
            self._fields = frozenset(fields if default is None else default)
        elif list(mask.paths) == [_ALL]:
            self._fields = frozenset(fields)
        else:
            wrong = _others(mask, fields)
            if wrong is not None:
                raise InvalidArgumentError(
                    Reason.READ_MASK_INVALID,
                    f"{wrong!r} can't be read by itself. Ask for any of {', '.join(fields)}; or for {_ALL!r}, which "
                    "means all.",
                    field="read_mask",
                    metadata={"limit": ",".join(fields), "value": wrong},
                )
            self._fields = frozenset(mask.paths)

    def wants(self, field: str) -> bool:
        """Return whether `field` is sent."""
        return field in self._fields

    def apply(self, message: M) -> M:
        """Remove the fields that are not sent from `message`, and return it."""
        for field, _ in message.ListFields():
            if field.name not in self._fields:
                message.ClearField(field.name)
        return message


def fields_to_update(mask: FieldMask, message: Message, updatable: Collection[str]) -> frozenset[str]:
    """Return the fields of `message` that an update changes: the mask's, else those that are not empty.

    Raises:
        InvalidArgumentError: UPDATE_MASK_INVALID if the mask names a field that can't be changed, or more than 100.

    """
    _check_count(mask, Reason.UPDATE_MASK_INVALID, "update_mask")
    if list(mask.paths) == [_ALL]:
        return frozenset(updatable)
    if not mask.paths:
        return frozenset(field.name for field, _ in message.ListFields()) & frozenset(updatable)
    wrong = _others(mask, updatable)
    if wrong is not None:
        allowed = sorted(updatable)
        raise InvalidArgumentError(
            Reason.UPDATE_MASK_INVALID,
            f"{wrong!r} can't be updated; {', '.join(allowed)} can.",
            field="update_mask",
            metadata={"limit": ",".join(allowed), "value": wrong},
        )
    return frozenset(mask.paths)


def may_update(mask: FieldMask, field: str) -> bool:
    """Return whether an update with this mask, were the rest of it right, may change `field`."""
    paths = mask.paths[:MAX_MASK_PATHS]
    return not paths or field in paths or paths == [_ALL]


def _others(mask: FieldMask, fields: Collection[str]) -> str | None:
    """Return an excerpt of the paths that are none of `fields`; None if there are none."""
    others = [path for path in mask.paths if path not in fields]
    return excerpt(", ".join(others)) if others else None


def _check_count(mask: FieldMask, reason: Reason, field: str) -> None:
    """Refuse a mask of a million paths before any of them is looked at."""
    if len(mask.paths) > MAX_MASK_PATHS:
        raise InvalidArgumentError(
            reason,
            f"The mask has {len(mask.paths):,} paths, more than the limit of {MAX_MASK_PATHS}. Name each field once.",
            field=field,
            metadata={"limit": str(MAX_MASK_PATHS), "value": str(len(mask.paths))},
        )

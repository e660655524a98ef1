"""Read and update masks."""

from collections.abc import Collection
from typing import Any, TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt

M = TypeVar("M", bound=Message)


class ReadMask:
    """Which fields of a message are sent.

    Args:
        mask: what the caller asks for; without paths it means `default`, and ``*`` means every field.
        message_type: the message.
        default: top-level fields that are sent unasked; None means all.

    Raises:
        InvalidArgumentError: READ_MASK_INVALID if a path is not a field of the message.

    """

    def __init__(self, mask: FieldMask, message_type: type[Message], default: Collection[str] | None = None) -> None:
        self._mask: FieldMask | None = mask
        if not mask.paths:
            self._mask = None if default is None else FieldMask(paths=sorted(default))
        elif list(mask.paths) == ["*"]:
            self._mask = None
        else:
            _check(mask, message_type)

    def wants(self, field: str) -> bool:
        """Return whether the top-level `field`, or a part of it, is sent."""
        return self._mask is None or any(path.split(".", 1)[0] == field for path in self._mask.paths)

    def apply(self, message: M) -> M:
        """Return `message` with only the fields that are sent."""
        if self._mask is None:
            return message
        masked = type(message)()
        self._mask.MergeMessage(message, masked)
        return masked


def fields_to_update(mask: FieldMask, message: Message, updatable: Collection[str]) -> frozenset[str]:
    """Return the fields of `message` that an update changes: the mask's, else those that are not empty.

    Raises:
        InvalidArgumentError: UPDATE_MASK_INVALID if the mask names a field that can't be changed.

    """
    if list(mask.paths) == ["*"]:
        return frozenset(updatable)
    if not mask.paths:
        return frozenset(field.name for field, _ in message.ListFields()) & frozenset(updatable)
    for path in mask.paths:
        if path not in updatable:
            raise InvalidArgumentError(
                Reason.UPDATE_MASK_INVALID,
                f"{excerpt(path)!r} can't be updated; {', '.join(sorted(updatable))} can.",
                field="update_mask",
            )
    return frozenset(mask.paths)


def _check(mask: FieldMask, message_type: type[Message]) -> None:
    descriptor: Any = message_type.DESCRIPTOR
    for path in mask.paths:
        if not FieldMask(paths=[path]).IsValidForDescriptor(descriptor):
            raise InvalidArgumentError(
                Reason.READ_MASK_INVALID, f"{descriptor.name} has no field {excerpt(path)!r}.", field="read_mask"
            )

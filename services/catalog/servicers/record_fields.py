"""Fields of a message: what each is made of, so that only those that are sent are read and made."""

from collections.abc import Callable, Mapping
from enum import Flag
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from services.catalog.servicers.field_mask import ReadMask

M = TypeVar("M", bound=Message)
R = TypeVar("R")
P = TypeVar("P", bound=Flag)


class RecordFields(Generic[M, R, P]):
    """The fields of the message of a record.

    Args:
        message_type: the message.
        fields: of each field, the parts of the record that it is made of, and what makes it from the library's id and
            the record; None leaves it unset.

    """

    def __init__(self, message_type: Callable[..., M], fields: Mapping[str, tuple[P, Callable[[str, R], Any]]]) -> None:
        self._message_type = message_type
        self._fields = fields

    def parts(self, mask: ReadMask) -> P:
        """Return what has to be read of the record."""
        return reduce(or_, (part for field, (part, _) in self._fields.items() if mask.wants(field)))

    def message(self, library: str, record: R, mask: ReadMask | None = None) -> M:
        """Return the message of a record of `library`, with the fields of `mask` only, if there is one."""
        return self._message_type(
            **{
                field: make(library, record)
                for field, (_, make) in self._fields.items()
                if mask is None or mask.wants(field)
            }
        )

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


class Selection(Generic[M, R, P]):
    """Fields that are sent.

    Attributes:
        parts: what has to be read of a record for them.

    """

    def __init__(self, message_type: Callable[..., M], fields: Mapping[str, tuple[P, Callable[[str, R], Any]]]) -> None:
        self._message_type = message_type
        self._makers = [(field, make) for field, (_, make) in fields.items()]
        self.parts = reduce(or_, (part for part, _ in fields.values()))

    def message(self, library: str, record: R) -> M:
        """Return the message of a record of `library`."""
        return self._message_type(**{field: make(library, record) for field, make in self._makers})


class RecordFields(Generic[M, R, P]):
    """The fields of the message of a record.

    Args:
        message_type: the message.
        fields: of each field, the parts of the record that it is made of, and what makes it from the library's id and
            the record; None leaves it unset.

    Attributes:
        whole: all of them.

    """

    def __init__(self, message_type: Callable[..., M], fields: Mapping[str, tuple[P, Callable[[str, R], Any]]]) -> None:
        self._message_type = message_type
        self._fields = fields
        self.whole = Selection(message_type, fields)

    def select(self, mask: ReadMask) -> Selection[M, R, P]:
        """Return the fields of a mask."""
        return Selection(self._message_type, {field: made for field, made in self._fields.items() if mask.wants(field)})

"""Plants two faults in a request, in every pair of its fields: both must be told at once, each by its path.

What a request may hold is read from the contracts, so a field that nobody has thought of is one too many.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.api.field_behavior_pb2 import OUTPUT_ONLY, field_behavior
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

# Fields, the last of which is in the message that the one before it holds.
Path = tuple[FieldDescriptor, ...]


@dataclass(frozen=True)
class Faults:
    """What is wrong in a field, by its path or by its name alone.

    Attributes:
        values: a value that is refused; of a repeated field, a list of them.
        counted: repeated fields whose number is at fault and not what they hold.
        harmless: fields that hold nothing that is refused without a look at what is stored.

    """

    values: Mapping[str, Any]
    counted: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()

    def unknown(self, request: Message) -> list[str]:
        """The fields of which nobody has said what can be wrong with them; true and false are always right."""
        return [
            text_of(path)
            for path in paths(request.DESCRIPTOR)
            if path[-1].type != FieldDescriptor.TYPE_BOOL
            and self._key(path, self.values) is None
            and self._key(path, self.harmless) is None
        ]

    def pairs(self, request: Message) -> Iterator[tuple[Message, list[str]]]:
        """The request with two faults, and the paths that must be told."""
        faulty = [
            path
            for path in paths(request.DESCRIPTOR)
            if self._key(path, self.values) is not None and self._key(path, self.harmless) is None
        ]
        for one, other in itertools.combinations(faulty, 2):
            if not _exclude_each_other(one, other):
                planted = type(request)()
                planted.CopyFrom(request)
                yield planted, sorted(self._plant(planted, one) + self._plant(planted, other))

    def _plant(self, request: Message, path: Path) -> list[str]:
        key = self._key(path, self.values)
        assert key is not None
        value, text, last = self.values[key], text_of(path), path[-1]
        holder: Any = request
        for field in path[:-1]:
            holder = getattr(holder, field.name)
        if last.is_repeated:
            holder.ClearField(last.name)
            getattr(holder, last.name).extend(value)
            return [text] if key in self.counted else [f"{text}[{index}]" for index in range(len(value))]
        if last.message_type is None:
            setattr(holder, last.name, value)
        else:
            getattr(holder, last.name).CopyFrom(value)
        return [text]

    @staticmethod
    def _key(path: Path, known: Mapping[str, Any] | frozenset[str]) -> str | None:
        return next((key for key in (text_of(path), path[-1].name) if key in known), None)


async def untold(
    faults: Faults, request: Message, told: Callable[[Any], Awaitable[list[str]]]
) -> list[tuple[list[str], list[str]]]:
    """Return, for each pair of faults that was told in another way, what was planted and what was told."""
    return [
        (planted, found) for asked, planted in faults.pairs(request) if (found := sorted(await told(asked))) != planted
    ]


def paths(descriptor: Any, above: Path = ()) -> Iterator[Path]:
    """Every field that a client sends."""
    for field in descriptor.fields:
        kind = field.message_type
        if OUTPUT_ONLY in field.GetOptions().Extensions[field_behavior]:
            continue
        if kind is None or field.is_repeated or not kind.full_name.startswith("albumen."):
            yield (*above, field)
        else:
            yield from paths(kind, (*above, field))


def text_of(path: Path) -> str:
    return ".".join(field.name for field in path)


def _exclude_each_other(one: Path, other: Path) -> bool:
    first, second = next((a, b) for a, b in zip(one, other, strict=False) if a is not b)
    return first.containing_oneof is not None and first.containing_oneof is second.containing_oneof

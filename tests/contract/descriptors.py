"""Our contracts as descriptors: every method and every field, with its options and its comment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.api.field_behavior_pb2 import OUTPUT_ONLY, field_behavior
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
)

from tools.protos import DESCRIPTORS, PROTOS

# Numbers of fields in google/protobuf/descriptor.proto, which make the path of a comment.
_MESSAGE, _SERVICE, _FIELD, _METHOD = 4, 6, 2, 2


@dataclass(frozen=True)
class Field:
    message: str
    proto: FieldDescriptorProto
    comment: str

    @property
    def path(self) -> str:
        return f"{self.message}.{self.proto.name}"

    def option(self, extension: Any) -> Any:
        return self.proto.options.Extensions[extension]


@dataclass(frozen=True)
class Method:
    service: str
    proto: MethodDescriptorProto
    comment: str

    @property
    def path(self) -> str:
        return f"{self.service}/{self.proto.name}"

    def option(self, extension: Any) -> Any:
        return self.proto.options.Extensions[extension]


def files() -> list[FileDescriptorProto]:
    every = FileDescriptorSet.FromString((PROTOS / DESCRIPTORS).read_bytes()).file
    return [file for file in every if file.package.startswith("albumen.")]


def messages() -> dict[str, DescriptorProto]:
    return {f"{file.package}.{message.name}": message for file in files() for message in file.message_type}


def fields() -> Iterator[Field]:
    for file in files():
        comments = _comments(file)
        for at, message in enumerate(file.message_type):
            for number, field in enumerate(message.field):
                comment = comments[_MESSAGE, at, _FIELD, number]
                yield Field(f"{file.package}.{message.name}", field, comment)


def methods() -> Iterator[Method]:
    for file in files():
        comments = _comments(file)
        for at, service in enumerate(file.service):
            for number, method in enumerate(service.method):
                comment = comments[_SERVICE, at, _METHOD, number]
                yield Method(f"{file.package}.{service.name}", method, comment)


def sent_by_clients() -> set[str]:
    """The names of all messages that a request consists of."""
    known = messages()
    pending = [method.proto.input_type.lstrip(".") for method in methods()]
    found = set[str]()
    while pending:
        name = pending.pop()
        if name not in known or name in found:
            continue
        found.add(name)
        # What only the server sets is no part of a request, though a resource that is sent has a place for it.
        pending += [
            field.type_name.lstrip(".")
            for field in known[name].field
            if field.type_name and OUTPUT_ONLY not in field.options.Extensions[field_behavior]
        ]
    return found


def _comments(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    return {tuple(location.path): location.leading_comments for location in file.source_code_info.location}

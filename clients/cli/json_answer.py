"""Answers of the catalog as JSON, for programs: `--json` of every command."""

import json
from collections.abc import Mapping
from typing import Any, Final

import typer
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

_GOOGLES: Final = "google.protobuf."
# What no answer has without a mask, but for bytes.
_ASKED_FOR: Final = frozenset({"albumen.catalog.v1.Image.albums"})


def json_fields(message: Message) -> dict[str, Any]:
    """Return the fields of `message` as JSON has them, those that are empty, 0 or false too.

    A program that asks for a field finds it so in each answer. Messages that are not set are left out, as are bytes
    (embeddings and pictures) and others that come only to who asks for them: an empty one would say what is not so.

    Raises:
        TypeError: it holds a message of a type that this version does not know.

    """
    fields = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
    return _without_unasked(fields, message.DESCRIPTOR)  # type: ignore[arg-type] # of upb, and alike


def print_json(message: Message) -> None:
    """Print `message` as one line of JSON, see `json_fields`."""
    typer.echo(json.dumps(json_fields(message)))


def _without_unasked(fields: Mapping[str, Any], kind: Descriptor) -> dict[str, Any]:
    if kind.full_name.startswith(_GOOGLES):
        return dict(fields)  # An Any, for example, whose fields are those of another message.
    result = {}
    for key, value in fields.items():
        field = kind.fields_by_camelcase_name[key]
        if not value and (field.type == FieldDescriptor.TYPE_BYTES or field.full_name in _ASKED_FOR):
            continue
        result[key] = _value(value, field.message_type)
    return result


def _value(value: object, kind: Descriptor | None) -> object:
    if kind is None or kind.GetOptions().map_entry:
        return value
    if isinstance(value, list):
        return [_value(one, kind) for one in value]
    return _without_unasked(value, kind) if isinstance(value, dict) else value

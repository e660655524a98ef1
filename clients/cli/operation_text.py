"""Operations in words."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final

from google.longrunning.operations_pb2 import Operation
from google.protobuf import json_format, symbol_database
from google.protobuf.timestamp_pb2 import Timestamp
from rich.text import Text

from albumen.catalog.v1 import operation_pb2
from albumen.catalog.v1.operation_pb2 import OperationMetadata
from clients.cli.console import printable

_STATES: Final = {
    operation_pb2.OPERATION_STATE_PENDING: ("waits", "dim"),
    operation_pb2.OPERATION_STATE_RUNNING: ("under way", "yellow"),
    operation_pb2.OPERATION_STATE_CANCELLING: ("being cancelled", "yellow"),
    operation_pb2.OPERATION_STATE_SUCCEEDED: ("done", "green"),
    operation_pb2.OPERATION_STATE_FAILED: ("failed", "red"),
    operation_pb2.OPERATION_STATE_CANCELLED: ("cancelled", "dim"),
}


def metadata_of(operation: Operation) -> OperationMetadata:
    """Return what an operation tells of itself; nothing if it is none of ours."""
    metadata = OperationMetadata()
    operation.metadata.Unpack(metadata)
    return metadata


def operation_id(operation: Operation) -> str:
    """Return the last part of an operation's name, which is shown whole: whoever copies it gets the operation."""
    return str(operation.name.rpartition("/")[2])


def state_text(operation: Operation) -> Text:
    """Return where an operation is."""
    words, style = _STATES.get(metadata_of(operation).state, ("?", "dim"))
    return Text(words, style=style)


def progress_text(operation: Operation) -> str:
    """Return how far an operation is, as ``120 of 4,000 rows``; empty if that is not known."""
    metadata = metadata_of(operation)
    if not metadata.unit:
        return ""
    of = f" of {metadata.total_count:,}" if metadata.total_count else ""
    return printable(f"{metadata.done_count:,}{of} {metadata.unit}")


def outcome_text(operation: Operation) -> str:
    """Return what came of an operation: why it failed, or the figures of its result; empty if there are none."""
    if operation.HasField("error"):
        return printable(operation.error.message)
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in _figures(_result_of(operation)))


def time_text(time: Timestamp) -> str:
    """Return a time as people here write it; empty if it is not set."""
    return time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S") if time.seconds else ""


def json_text(operation: Operation) -> str:
    """Return an operation as a line of JSON, with the name only of what this version does not know."""
    try:
        return json_format.MessageToJson(operation, indent=None)
    except TypeError:
        known = Operation(name=operation.name, done=operation.done)
        known.metadata.CopyFrom(operation.metadata)
        return json.dumps({**json_format.MessageToDict(known), "response": {"@type": operation.response.type_url}})


def _result_of(operation: Operation) -> dict[str, object]:
    if not operation.HasField("response"):
        return {}
    try:
        kind = symbol_database.Default().GetSymbol(operation.response.TypeName())
    except KeyError:
        return {}
    response = kind()
    operation.response.Unpack(response)
    return json_format.MessageToDict(
        response, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _figures(result: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield what a result tells: what holds several figures by those that are not 0, and a list by its length."""
    for key, value in result.items():
        if isinstance(value, dict):
            yield from ((inner, figure) for inner, figure in _figures(value) if figure != "0")
        elif isinstance(value, list):
            if value:
                yield key, f"{len(value):,}"
        elif value != "":
            yield key, _value_text(value)


def _value_text(value: object) -> str:
    # JSON has large numbers as texts.
    if isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdigit():
        return f"{int(value):,}"
    return printable(value if isinstance(value, str) else json.dumps(value))

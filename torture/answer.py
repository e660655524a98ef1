"""Calls in bytes, and whether what comes back is an answer that a client can act upon."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from services.common.errors import Reason
from services.common.wire.status import DOMAIN

_BARE: Final = {code_pb2.INTERNAL, code_pb2.UNKNOWN}
# Reasons of the services' own faults, which no caller may be able to cause.
_OURS: Final = {Reason.INTERNAL}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call.

    Attributes:
        code: its status.
        reason: of its ErrorInfo; empty if it has none.
        bodies: the responses that came.
        trouble: why no client could act upon it; empty if one can.
        retry_seconds: how long its RetryInfo asks to wait; 0 if it has none.
        lost: whether the connection broke, so that nobody knows what became of it.

    """

    code: grpc.StatusCode
    reason: str = ""
    bodies: tuple[bytes, ...] = ()
    trouble: str = ""
    retry_seconds: float = 0.0
    lost: bool = False

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.code is grpc.StatusCode.OK


def ask(channel: grpc.Channel, path: str, requests: Iterable[bytes], *, seconds: float) -> Answer:
    """Call a method with serialized requests, and judge its answer.

    Args:
        channel: to the service.
        path: ``albumen.detector.v1.DetectorService/Detect``, for example. Whether it streams is no matter: on the wire
            all calls are alike.
        requests: what is sent.
        seconds: deadline; an answer that is not there by then is trouble.

    """
    method = channel.stream_stream(f"/{path}", request_serializer=bytes, response_deserializer=bytes)
    call: Any = method(iter(requests), timeout=seconds)
    bodies: list[bytes] = []
    try:
        bodies.extend(call)
    except grpc.RpcError as error:
        return judge(error, tuple(bodies), seconds)
    return Answer(grpc.StatusCode.OK, bodies=tuple(bodies))


def judge(error: grpc.RpcError, bodies: tuple[bytes, ...] = (), seconds: float = 0) -> Answer:
    """Return what a failed call says."""
    # The stubs do not know that what a call raises is the call.
    call: Any = error
    code: grpc.StatusCode = call.code()
    metadata: Any = call.trailing_metadata() or ()
    packed = next((value for key, value in metadata if key == rpc_status.GRPC_DETAILS_METADATA_KEY), None)
    if packed is not None:
        status = Status.FromString(packed)
        return Answer(code, _reason(status), bodies, trouble_of(status), _retry_seconds(status))
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Answer(code, bodies=bodies, trouble=f"no answer within {seconds:g} s")
    lost = code is grpc.StatusCode.UNAVAILABLE
    return Answer(code, bodies=bodies, trouble=f"{code.name} without an ErrorInfo: {call.details()}", lost=lost)


def trouble_of(status: Status) -> str:
    """Return why a client could not act upon a status; empty if it can."""
    infos = _infos(status)
    if status.code in _BARE:
        return f"{code_pb2.Code.Name(status.code)}: {status.message}"
    if len(infos) != 1 or infos[0].domain != DOMAIN:
        return f"{len(infos)} ErrorInfo of {[info.domain for info in infos]}: {status.message}"
    if infos[0].reason not in Reason.__members__ or infos[0].reason in _OURS:
        return f"the reason {infos[0].reason}: {status.message}"
    if infos[0].reason == Reason.OVERLOADED and not any(detail.Is(RetryInfo.DESCRIPTOR) for detail in status.details):
        return f"OVERLOADED without RetryInfo: {status.message}"
    return ""


def troubles_within(message: Message) -> Iterator[str]:
    """Yield what is wrong with the statuses inside of a response: of a batch, each part has its own."""
    for field, value in message.ListFields():
        for one in value if _is_repeated(field) else (value,):
            if isinstance(one, Status):
                trouble = trouble_of(one)
                if trouble:
                    yield f"within the response: {trouble}"
            elif isinstance(one, Message):
                yield from troubles_within(one)


def has_status(kind: Descriptor, seen: frozenset[str] = frozenset()) -> bool:
    """Return whether a message may hold a status, however deep."""
    if kind.full_name in seen:
        return False
    inner = [field.message_type for field in kind.fields if field.message_type is not None]
    return any(
        one.full_name == Status.DESCRIPTOR.full_name or has_status(one, seen | {kind.full_name}) for one in inner
    )


def _is_repeated(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)


def _infos(status: Status) -> list[ErrorInfo]:
    infos = []
    for detail in status.details:
        info = ErrorInfo()
        if detail.Unpack(info):
            infos.append(info)
    return infos


def _reason(status: Status) -> str:
    infos = _infos(status)
    return str(infos[0].reason) if infos else ""


def _retry_seconds(status: Status) -> float:
    info = RetryInfo()
    found = any(detail.Unpack(info) for detail in status.details)
    return info.retry_delay.ToTimedelta().total_seconds() if found else 0.0

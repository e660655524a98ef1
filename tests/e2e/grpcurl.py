"""A little grpcurl for machines without the real one: it knows a service by its reflection only, as that does."""

import sys
from collections.abc import Sequence
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from services.common.wire.channel import DIRECT


def main(arguments: Sequence[str]) -> None:
    words = [word for word in arguments if word != "-plaintext"]
    data = "{}"
    if words[0] == "-d":
        data = sys.stdin.read() if words[1] == "@" else words[1]
        words = words[2:]
    target, what = words
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        if what == "list":
            print("\n".join(sorted(database.get_services())))  # noqa: T201
            return
        pool = DescriptorPool(database)
        answer = _call(channel, pool, what, data)
        print(  # noqa: T201
            json_format.MessageToJson(answer, preserving_proto_field_name=True, descriptor_pool=pool)
        )


def _call(channel: grpc.Channel, pool: DescriptorPool, what: str, data: str) -> Message:
    service, method = what.split("/")
    descriptor = pool.FindServiceByName(service).methods_by_name[method]
    request = json_format.Parse(data, GetMessageClass(descriptor.input_type)())
    response = GetMessageClass(descriptor.output_type)
    kind: Any = channel.stream_unary if descriptor.client_streaming else channel.unary_unary
    call = kind(
        f"/{what}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=response.FromString,
    )
    answer: Message = call(iter([request]) if descriptor.client_streaming else request)
    return answer


if __name__ == "__main__":
    main(sys.argv[1:])

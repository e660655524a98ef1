from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_reflection.v1alpha import reflection_pb2 as pb

from services.common.wire.channel import DIRECT
from services.common.wire.descriptors import DescriptorIndex
from tests.common.wire.test_server import NAME, SETTINGS, application
from tests.serving import serving

VERSIONS = ("grpc.reflection.v1", "grpc.reflection.v1alpha")
REFLECTION = [f"{version}.ServerReflection" for version in VERSIONS]


async def ask(target: str, version: str, **request: Any) -> pb.ServerReflectionResponse:
    async def requests() -> AsyncIterator[pb.ServerReflectionRequest]:
        yield pb.ServerReflectionRequest(host="here", **request)

    async with grpc.aio.insecure_channel(target, options=DIRECT) as channel:
        method: Any = channel.stream_stream(
            f"/{version}.ServerReflection/ServerReflectionInfo",
            pb.ServerReflectionRequest.SerializeToString,
            pb.ServerReflectionResponse.FromString,
        )
        (answer,) = [response async for response in method(requests())]
    assert answer.original_request == pb.ServerReflectionRequest(host="here", **request)
    return answer


def files_of(answer: pb.ServerReflectionResponse) -> list[descriptor_pb2.FileDescriptorProto]:
    data = answer.file_descriptor_response.file_descriptor_proto
    return [descriptor_pb2.FileDescriptorProto.FromString(file) for file in data]


def pool_of(files: list[descriptor_pb2.FileDescriptorProto]) -> descriptor_pool.DescriptorPool:
    """Load files as a client does: what is imported before what imports it."""
    pool = descriptor_pool.DescriptorPool()
    waiting = {file.name: file for file in files}

    def add(name: str) -> None:
        if file := waiting.pop(name, None):
            for dependency in file.dependency:
                add(dependency)
            pool.Add(file)

    for file in files:
        add(file.name)
    return pool


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_services_are_listed(version: str) -> None:
    async with serving(SETTINGS, application()) as target:
        answer = await ask(target, version, list_services="")
    names = [service.name for service in answer.list_services_response.service]
    assert names == sorted([NAME, "grpc.health.v1.Health", *REFLECTION])


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_listed_service_and_method_is_described(version: str) -> None:
    async with serving(SETTINGS, application()) as target:
        for service in (NAME, "grpc.health.v1.Health", *REFLECTION):
            pool = pool_of(files_of(await ask(target, version, file_containing_symbol=service)))
            methods = pool.FindServiceByName(service).methods
            assert methods
            for method in methods:
                answer = await ask(target, version, file_containing_symbol=method.full_name)
                assert pool_of(files_of(answer)).FindMethodByName(method.full_name).name == method.name


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_import_is_found_by_its_name(version: str) -> None:
    async with serving(SETTINGS, application()) as target:
        found = files_of(await ask(target, version, file_containing_symbol=NAME))
        assert len(found) > 1
        for file in found:
            first, *_ = files_of(await ask(target, version, file_by_filename=file.name))
            assert first == file


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_the_server_does_not_know_is_not_found(version: str) -> None:
    async with serving(SETTINGS, application()) as target:
        extension = pb.ExtensionRequest(containing_type=NAME, extension_number=7)
        for request in (
            {"file_containing_symbol": "no.Such"},
            {"file_by_filename": "no/such.proto"},
            {"file_containing_extension": extension},
            {"all_extension_numbers_of_type": "no.Such"},
        ):
            answer = await ask(target, version, **request)
            assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
        empty = await ask(target, version)
        assert empty.error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_extensions_are_found_by_message_and_number() -> None:
    base = descriptor_pb2.FileDescriptorProto(name="base.proto", package="a")
    base.message_type.add(name="Open").extension_range.add(start=100, end=200)
    more = descriptor_pb2.FileDescriptorProto(name="more.proto", package="a", dependency=["base.proto"])
    more.extension.add(name="seven", number=107, extendee=".a.Open")
    more.message_type.add(name="Scope").extension.add(name="eight", number=108, extendee=".a.Open")
    index = DescriptorIndex([base, more])
    assert index.extension_numbers("a.Open") == [107, 108]
    assert index.extension_numbers("a.Scope") == []
    assert [file.name for file in index.by_extension("a.Open", 108)] == ["more.proto", "base.proto"]
    assert [file.name for file in index.by_symbol("a.Scope.eight")] == ["more.proto", "base.proto"]
    with pytest.raises(KeyError):
        index.by_extension("a.Open", 109)

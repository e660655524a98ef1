"""A client that was told nothing takes answers of 4 MiB: no list and no search outgrows it, whatever it holds."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import duckdb
import grpc
import numpy as np
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import image_service_pb2_grpc as image_grpc
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import people_service_pb2_grpc as people_grpc
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1 import search_service_pb2_grpc as search_grpc
from services.catalog.library import Library
from services.common.limits import MAX_FACES_PER_IMAGE, MAX_PAGE_BYTES, MAX_SOURCE_URI_CHARS
from services.common.wire.channel import DIRECT
from tests.catalog.clustering.synthetic import analysis, galleries, sha256
from tests.catalog.conftest import open_world
from tests.catalog.fake_vision import Script

IMAGES = 30
CROWD = f"libraries/default/images/{sha256('crowd')}"
ALL = FieldMask(paths=["*"])


def fill(path: Path) -> None:
    """Places were any text once, so letters of two bytes may be there."""
    library = Library(path, "default")
    crowd = analysis("crowd", *galleries(MAX_FACES_PER_IMAGE, MAX_FACES_PER_IMAGE, seed=1), space="fake-space")
    library.add_image(replace(crowd, faces=tuple(replace(face, thumbnail=bytes(20_000)) for face in crowd.faces)))
    for number in range(IMAGES):
        library.add_image(analysis(str(number), labels=("cat",)))
    library.close()
    with duckdb.connect(path) as connection:
        connection.execute("DELETE FROM source")
        connection.execute(
            "INSERT INTO source (id, uri, image_id, file_name) SELECT 100 * image.id + n, "
            "rpad('file:///' || image.id || '/' || n || '/', ?, 'ä'), image.id, '' FROM image, range(100) AS r(n)",
            [MAX_SOURCE_URI_CHARS],
        )


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[grpc.aio.Channel]:
    (tmp_path / "libraries").mkdir()
    fill(tmp_path / "libraries" / "default.duckdb")
    async with (
        open_world(tmp_path / "libraries", Script()) as world,
        grpc.aio.insecure_channel(world.target, options=DIRECT) as channel,
    ):
        yield channel


def check_size(*answers: Message) -> None:
    assert all(0 < answer.ByteSize() <= MAX_PAGE_BYTES for answer in answers)


async def test_images_of_many_places_and_faces_come_in_pages_that_clients_take(channel: grpc.aio.Channel) -> None:
    images = image_grpc.ImageServiceStub(channel)
    pages = [await images.ListImages(image_pb.ListImagesRequest(page_size=500))]
    while token := pages[-1].next_page_token:
        pages.append(await images.ListImages(image_pb.ListImagesRequest(page_size=500, page_token=token)))
    check_size(*pages)
    assert len(pages) > 1
    listed = [image for page in pages for image in page.images]
    assert [len(image.faces) for image in listed] == [MAX_FACES_PER_IMAGE] + [0] * IMAGES
    assert all(len(image.source_uris) == 100 for image in listed)
    assert len({image.name for image in listed}) == IMAGES + 1


async def test_places_of_the_longest_kind_come_in_pages_that_clients_take(channel: grpc.aio.Channel) -> None:
    images = image_grpc.ImageServiceStub(channel)
    pages = [await images.ListSources(image_pb.ListSourcesRequest(page_size=1_000_000))]
    while token := pages[-1].next_page_token:
        pages.append(await images.ListSources(image_pb.ListSourcesRequest(page_size=1_000_000, page_token=token)))
    check_size(*pages)
    uris = [source.uri for page in pages for source in page.sources]
    assert uris == sorted(uris)
    assert len(set(uris)) == 100 * (IMAGES + 1) == len(uris)


async def test_large_faces_come_in_pages_that_clients_take(channel: grpc.aio.Channel) -> None:
    people = people_grpc.PeopleServiceStub(channel)
    pages = [await people.ListFaces(people_pb.ListFacesRequest(page_size=250, read_mask=ALL))]
    while token := pages[-1].next_page_token:
        request = people_pb.ListFacesRequest(page_size=250, read_mask=ALL, page_token=token)
        pages.append(await people.ListFaces(request))
    check_size(*pages)
    names = [face.name for page in pages for face in page.faces]
    assert len(set(names)) == len(names) == MAX_FACES_PER_IMAGE
    assert len(pages[0].faces) < 250

    answer = await people.BatchGetFaces(people_pb.BatchGetFacesRequest(names=names[:250], read_mask=ALL))
    check_size(answer)
    sent = [result.WhichOneof("result") for result in answer.results]
    assert len(sent) == 250
    assert sent == sorted(sent, reverse=True)
    assert {"face", "error"} == set(sent)
    late = names[sent.index("error")]
    again = await people.BatchGetFaces(people_pb.BatchGetFacesRequest(names=[late], read_mask=ALL))
    assert again.results[0].face.name == late


async def test_a_search_for_a_crowd_is_cut_alike_for_every_face(channel: grpc.aio.Channel) -> None:
    search = search_grpc.SearchServiceStub(channel)
    request = search_pb.SearchFacesRequest(query=search_pb.SearchQuery(image=CROWD), max_results=500)
    answer = await search.SearchFaces(request)
    check_size(answer)
    lengths = {len(result.matches) for result in answer.results}
    assert len(answer.results) == MAX_FACES_PER_IMAGE
    assert len(lengths) == 1
    assert lengths.pop() > 10
    for result in answer.results:
        distances = [match.distance for match in result.matches]
        assert distances == sorted(distances)
        assert np.isfinite(distances).all()

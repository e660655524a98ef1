"""Albums and photos for tests over the wire."""

from collections.abc import Sequence

from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import ImageFilter, ListImagesRequest
from tests.catalog.conftest import World

UUID = "5b0c4f0e-52b0-4f4c-9d5e-0f3c3a1d2b6a"
GONE = "libraries/default/albums/aaaaaaaaaaaa"


async def create(world: World, name: str = "Summer", images: Sequence[str] = (), **fields: object) -> Album:
    album = Album(display_name=name, **fields)  # type: ignore[arg-type]
    made = (await world.albums.CreateAlbum(pb.CreateAlbumRequest(album=album))).album
    if not images:
        return made
    added = pb.AddAlbumImagesRequest(album=made.name, images=images)
    return (await world.albums.AddAlbumImages(added)).album


async def smart(world: World, expression: str, name: str = "Smart", **fields: object) -> Album:
    return await create(world, name, (), filter=ImageFilter(expression=expression), **fields)


async def get(world: World, album: Album, *paths: str) -> Album:
    request = pb.GetAlbumRequest(name=album.name, read_mask=FieldMask(paths=paths))
    return (await world.albums.GetAlbum(request)).album


async def update(world: World, album: Album, *paths: str) -> Album:
    request = pb.UpdateAlbumRequest(album=album, update_mask=FieldMask(paths=paths))
    return (await world.albums.UpdateAlbum(request)).album


async def photos(world: World, count: int, **fields: object) -> list[str]:
    return [(await world.index(world.script.photo(**fields))).name for _ in range(count)]  # type: ignore[arg-type]


async def listed(world: World, order_by: str = "album", **fields: str) -> list[str]:
    request = ListImagesRequest(filter=ImageFilter(**fields), order_by=order_by, page_size=2)
    names: list[str] = []
    while True:
        page = await world.images.ListImages(request)
        names += [image.name for image in page.images]
        if not page.next_page_token:
            return names
        request.page_token = page.next_page_token


async def names_of(world: World, **request: object) -> list[str]:
    asked = pb.ListAlbumsRequest(page_size=1, read_mask=FieldMask(paths=["display_name"]), **request)  # type: ignore[arg-type]
    names: list[str] = []
    while True:
        page = await world.albums.ListAlbums(asked)
        names += [album.display_name for album in page.albums]
        if not page.next_page_token:
            return names
        asked.page_token = page.next_page_token

"""AlbumService: translates between messages and the albums of a library."""

from collections.abc import Callable
from typing import Final

from albumen.catalog.v1 import album_pb2
from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1 import album_service_pb2_grpc as pb_grpc
from services.catalog.album_record import AlbumRecord
from services.catalog.albums.members import Results
from services.catalog.expressions.order import AlbumField, AlbumOrder, album_order
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.servicers.album_message import ALBUM_DEFAULT, ALBUM_FIELDS, album_message
from services.catalog.servicers.album_request import (
    ALBUM_UPDATABLE,
    album_change,
    album_images,
    album_place,
)
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.field_mask import ReadMask, fields_to_update, may_update
from services.catalog.servicers.image_filter import order_of
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_child, parse_library
from services.common.checks import Checks
from services.common.errors import AlbumenError
from services.common.wire.context import Context
from services.common.wire.status import to_status

# Each of them may be a filter to be counted.
_MAX_PAGE: Final = 250
_READ_AT_ONCE: Final = 50


class AlbumServicer(pb_grpc.AlbumServiceServicer):
    """Creates, lists, fills and deletes albums."""

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

    async def CreateAlbum(self, request: pb.CreateAlbumRequest, context: Context) -> pb.CreateAlbumResponse:
        """Create an album."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        change = checks.run(album_change, request.album, ALBUM_UPDATABLE, checks.known(library), new=True)
        identity = checks.run(edit_request, request)
        checks.done()

        def write(opened: Library) -> AlbumRecord:
            return opened.albums.write.create(change, request=identity, validate_only=request.validate_only)

        record = await self._libraries.run(library, write)
        return pb.CreateAlbumResponse(album=album_message(library, record))

    async def GetAlbum(self, request: pb.GetAlbumRequest, context: Context) -> pb.GetAlbumResponse:
        """Get an album."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "albums", field="name")
        mask = checks.run(ReadMask, request.read_mask, album_pb2.Album, ALBUM_DEFAULT)
        checks.done()
        library, album = name
        fields = ALBUM_FIELDS.select(mask)
        record = await self._libraries.run(library, lambda opened: opened.albums.read.get(album, fields.parts))
        return pb.GetAlbumResponse(album=fields.message(library, record))

    async def ListAlbums(self, request: pb.ListAlbumsRequest, context: Context) -> pb.ListAlbumsResponse:
        """List albums, by name unless another order is asked for."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        order = checks.run(order_of, album_order, request.order_by, field="order_by")
        mask = checks.run(ReadMask, request.read_mask, album_pb2.Album, ALBUM_DEFAULT)
        key_types = _key_types(checks.known(order))
        page = PageRequest(checks, request, "albums", library, order, most=_MAX_PAGE, key_types=key_types)
        checks.done()
        fields = ALBUM_FIELDS.select(mask)

        def read(opened: Library) -> tuple[list[album_pb2.Album], str]:
            return page.fill(
                lambda after, limit: opened.albums.read.page(order, fields.parts, after=after, limit=limit),
                lambda record: fields.message(library, record),
                at_once=_READ_AT_ONCE,
            )

        albums, next_page_token = await self._libraries.run(library, read)
        return pb.ListAlbumsResponse(albums=albums, next_page_token=next_page_token)

    async def UpdateAlbum(self, request: pb.UpdateAlbumRequest, context: Context) -> pb.UpdateAlbumResponse:
        """Change an album."""
        checks = Checks()
        name = checks.run(parse_child, request.album.name, "albums", field="album.name")
        fields = checks.run(fields_to_update, request.update_mask, request.album, ALBUM_UPDATABLE)
        # What a wrong mask names beside is looked at all the same.
        meant = checks.known(fields)
        if meant is None:
            meant = frozenset(field for field in ALBUM_UPDATABLE if may_update(request.update_mask, field))
        change = checks.run(album_change, request.album, meant, _library_of(checks, name))
        checks.done()
        library, album = name

        def write(opened: Library) -> AlbumRecord:
            return opened.albums.write.update(album, change, etag=request.album.etag)

        record = await self._libraries.run(library, write)
        return pb.UpdateAlbumResponse(album=album_message(library, record))

    async def DeleteAlbum(self, request: pb.DeleteAlbumRequest, context: Context) -> pb.DeleteAlbumResponse:
        """Delete an album."""
        library, album = parse_child(request.name, "albums", field="name")

        def write(opened: Library) -> AlbumRecord:
            return opened.albums.write.delete(album, etag=request.etag, validate_only=request.validate_only)

        record = await self._libraries.run(library, write)
        return pb.DeleteAlbumResponse(album=album_message(library, record))

    async def AddAlbumImages(self, request: pb.AddAlbumImagesRequest, context: Context) -> pb.AddAlbumImagesResponse:
        """Add images to an album."""
        checks = Checks()
        name = checks.run(parse_child, request.album, "albums", field="album")
        images = checks.run(album_images, request.images, _library_of(checks, name))
        place = checks.run(album_place, request, _library_of(checks, name))
        checks.done()
        library, album = name
        changed, results = await self._change(library, lambda opened: opened.albums.images.add(album, images, place))
        return pb.AddAlbumImagesResponse(album=changed, results=results)

    async def RemoveAlbumImages(
        self, request: pb.RemoveAlbumImagesRequest, context: Context
    ) -> pb.RemoveAlbumImagesResponse:
        """Take images out of an album."""
        checks = Checks()
        name = checks.run(parse_child, request.album, "albums", field="album")
        images = checks.run(album_images, request.images, _library_of(checks, name))
        checks.done()
        library, album = name

        def write(opened: Library) -> tuple[AlbumRecord, Results]:
            return opened.albums.images.remove(album, images, validate_only=request.validate_only)

        changed, results = await self._change(library, write)
        return pb.RemoveAlbumImagesResponse(album=changed, results=results)

    async def MoveAlbumImages(self, request: pb.MoveAlbumImagesRequest, context: Context) -> pb.MoveAlbumImagesResponse:
        """Move images of an album."""
        checks = Checks()
        name = checks.run(parse_child, request.album, "albums", field="album")
        images = checks.run(album_images, request.images, _library_of(checks, name))
        place = checks.run(album_place, request, _library_of(checks, name))
        checks.done()
        library, album = name
        changed, results = await self._change(library, lambda opened: opened.albums.images.move(album, images, place))
        return pb.MoveAlbumImagesResponse(album=changed, results=results)

    async def _change(
        self, library: str, write: Callable[[Library], tuple[AlbumRecord, Results]]
    ) -> tuple[album_pb2.Album, list[pb.AlbumImageResult]]:
        """Change the images of an album; return it, and what became of each image."""
        record, results = await self._libraries.run(library, write)
        return album_message(library, record), [
            pb.AlbumImageResult(error=to_status(result))
            if isinstance(result, AlbumenError)
            else pb.AlbumImageResult(changed=result)
            for result in results
        ]


def _library_of(checks: Checks, name: tuple[str, str]) -> str | None:
    """Return the library in a checked name, if that is right."""
    known = checks.known(name)
    return None if known is None else known[0]


def _key_types(order: AlbumOrder | None) -> tuple[type, type]:
    return (str if order is None or order.field is AlbumField.DISPLAY_NAME else int), int

"""The albums of the fake catalog: images by hand, in lists; a filter is only kept."""

# ruff: noqa: N802, ARG002

import grpc

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.album_service_pb2_grpc import AlbumServiceServicer
from services.common.errors import AbortedError, FailedPreconditionError, Reason
from services.common.limits import MAX_ALBUM_CHANGES
from services.common.wire.status import to_status
from tests.clients.fake_state import PARENT, Faults


class FakeAlbumService(Faults, AlbumServiceServicer):
    def CreateAlbum(self, request: pb.CreateAlbumRequest, context: grpc.ServicerContext) -> pb.CreateAlbumResponse:
        assert request.parent == PARENT
        assert request.request_id
        album = Album()
        album.CopyFrom(request.album)
        album.name, album.etag = f"{PARENT}/albums/al{len(self.state.albums):06}", "1"
        self.state.albums[album.name], self.state.album_images[album.name] = album, []
        return pb.CreateAlbumResponse(album=album)

    def ListAlbums(self, request: pb.ListAlbumsRequest, context: grpc.ServicerContext) -> pb.ListAlbumsResponse:
        assert request.parent == PARENT
        found, token = self.page(list(self.state.albums.values()), request.page_token)
        return pb.ListAlbumsResponse(albums=found, next_page_token=token)

    def UpdateAlbum(self, request: pb.UpdateAlbumRequest, context: grpc.ServicerContext) -> pb.UpdateAlbumResponse:
        album = self.state.albums[request.album.name]
        request.update_mask.MergeMessage(request.album, album, replace_message_field=True)
        return pb.UpdateAlbumResponse(album=album)

    def DeleteAlbum(self, request: pb.DeleteAlbumRequest, context: grpc.ServicerContext) -> pb.DeleteAlbumResponse:
        album = self.state.albums[request.name]
        with self.rich(context):
            if request.etag != album.etag:
                raise AbortedError(Reason.ETAG_MISMATCH, "The album has changed.")
        if not request.validate_only:
            del self.state.albums[request.name], self.state.album_images[request.name]
        return pb.DeleteAlbumResponse(album=album)

    def AddAlbumImages(
        self, request: pb.AddAlbumImagesRequest, context: grpc.ServicerContext
    ) -> pb.AddAlbumImagesResponse:
        new = [image for image in request.images if image not in self.state.album_images[request.album]]
        results = [pb.AlbumImageResult(changed=image in new) for image in request.images]
        return pb.AddAlbumImagesResponse(album=self._put(request, new, context), results=results)

    def MoveAlbumImages(
        self, request: pb.MoveAlbumImagesRequest, context: grpc.ServicerContext
    ) -> pb.MoveAlbumImagesResponse:
        held = self.state.album_images[request.album]
        error = to_status(FailedPreconditionError(Reason.IMAGE_NOT_IN_ALBUM, "It is not in the album."))
        moved = [image for image in request.images if image in held]
        results = [
            pb.AlbumImageResult(changed=True) if image in moved else pb.AlbumImageResult(error=error)
            for image in request.images
        ]
        held[:] = [image for image in held if image not in moved]
        return pb.MoveAlbumImagesResponse(album=self._put(request, moved, context), results=results)

    def RemoveAlbumImages(
        self, request: pb.RemoveAlbumImagesRequest, context: grpc.ServicerContext
    ) -> pb.RemoveAlbumImagesResponse:
        held = self.state.album_images[request.album]
        results = [pb.AlbumImageResult(changed=image in held) for image in request.images]
        if not request.validate_only:
            held[:] = [image for image in held if image not in request.images]
        return pb.RemoveAlbumImagesResponse(album=self._counted(request.album), results=results)

    def _put(
        self,
        request: pb.AddAlbumImagesRequest | pb.MoveAlbumImagesRequest,
        images: list[str],
        context: grpc.ServicerContext,
    ) -> Album:
        assert 1 <= len(request.images) <= MAX_ALBUM_CHANGES
        held = self.state.album_images[request.album]
        at = len(held)
        if request.before:
            at = held.index(request.before)
        elif request.after:
            at = held.index(request.after) + 1
        with self.rich(context):
            if self.state.albums[request.album].HasField("filter"):
                raise FailedPreconditionError(Reason.ALBUM_IS_SMART, "The album is a smart one.")
        held[at:at] = images
        return self._counted(request.album)

    def _counted(self, name: str) -> Album:
        album, held = self.state.albums[name], self.state.album_images[name]
        album.image_count, album.cover_image = len(held), held[0] if held else ""
        return album

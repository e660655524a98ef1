"""Pictures of the fake catalog: what it was told to send."""

# ruff: noqa: N802

import hashlib
from collections.abc import Iterator

import grpc

from albumen.catalog.v1 import picture_service_pb2 as pictures_pb
from albumen.catalog.v1.picture_pb2 import Picture
from albumen.catalog.v1.picture_service_pb2_grpc import PictureServiceServicer
from services.common.errors import FailedPreconditionError, Reason
from tests.clients.fake_state import Faults


class FakePictureService(Faults, PictureServiceServicer):
    def GetThumbnail(
        self, request: pictures_pb.GetThumbnailRequest, context: grpc.ServicerContext
    ) -> pictures_pb.GetThumbnailResponse:
        content = self._content(request, request.name, context)
        return pictures_pb.GetThumbnailResponse(content=content, picture=self._told(content))

    def GetImageContent(
        self, request: pictures_pb.GetImageContentRequest, context: grpc.ServicerContext
    ) -> Iterator[pictures_pb.GetImageContentResponse]:
        content = self._content(request, request.name, context)
        yield pictures_pb.GetImageContentResponse(picture=self._told(content))
        for byte in content if self.state.is_whole else content[:-1]:
            yield pictures_pb.GetImageContentResponse(content=bytes([byte]))

    def _content(
        self,
        request: pictures_pb.GetThumbnailRequest | pictures_pb.GetImageContentRequest,
        name: str,
        context: grpc.ServicerContext,
    ) -> bytes:
        self.state.pictured.append(request)
        with self.rich(context):
            if name not in self.state.pictures:
                raise FailedPreconditionError(Reason.PICTURE_UNAVAILABLE, "No file is there.", resource=name)
        return self.state.pictures[name]

    @staticmethod
    def _told(content: bytes) -> Picture:
        return Picture(sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))

"""Images of the fake catalog: kept by their hash, with the places that they were indexed from."""

# ruff: noqa: N802, ARG002

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from PIL import Image as PillowImage
from PIL import ImageOps

from albumen.catalog.v1 import image_service_pb2 as images_pb
from albumen.catalog.v1.image_pb2 import Image, LabelCount, Source
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceServicer
from services.common.errors import InvalidArgumentError, NotFoundError, Reason
from services.common.limits import MAX_CHECKED_IMAGES
from tests.clients.fake_state import Faults

M = TypeVar("M", bound=Message)
DELETED = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - as protobuf takes UTC
PURGED = datetime(2026, 3, 31, 12)  # noqa: DTZ001


class FakeImageService(Faults, ImageServiceServicer):
    def IndexImage(
        self, request_iterator: Iterator[images_pb.IndexImageRequest], context: grpc.ServicerContext
    ) -> images_pb.IndexImageResponse:
        with self.rich(context):
            with self.state.lock:
                self.state.calls += 1
                calls = self.state.calls
            self.state.on_call(calls)
            if self.state.failures:
                raise self.state.failures.pop(0)
            if self.state.always is not None:
                raise self.state.always
            header = next(request_iterator).header
            name = f"{header.parent}/images/{header.sha256}"
            if self.state.forget_after_lookup:
                self.state.images.pop(name, None)
            if name in self.state.images:
                # The real one answers at once; this one waits to see what else the client would have sent.
                self.state.bytes_wasted += sum(len(request.content) for request in request_iterator)
                with self.state.lock:
                    replaced = self._take_place(name, header)
                    image = self.state.images[name]
                    return images_pb.IndexImageResponse(image=image, already_indexed=True, replaced_image=replaced)
            data = b"".join(request.content for request in request_iterator)
            self.state.bytes_received.append(len(data))
            with self.state.lock:
                image = self._image(name, header, data)
                self.state.images[name] = image
                return images_pb.IndexImageResponse(image=image, replaced_image=self._take_place(name, header))
        raise AssertionError

    def _take_place(self, name: str, header: images_pb.ImageHeader) -> str:
        """Let the image be at the header's place from now on; return the image that is gone by that, if one is."""
        if not header.source_uri:
            return ""
        before = self.state.sources.pop(header.source_uri, None)
        image = self.state.images[name]
        self.state.sources[header.source_uri] = Source(
            uri=header.source_uri,
            image=name,
            file_name=header.file_name,
            size_bytes=image.size_bytes,
            modify_time=header.modify_time if header.HasField("modify_time") else None,
        )
        image.file_name = header.file_name
        replaced = [] if before is None else self._drop_homeless([before.image])
        self._list_places()
        return replaced[0] if replaced else ""

    def _list_places(self) -> None:
        for image in self.state.images.values():
            places = (source.uri for source in self.state.sources.values() if source.image == image.name)
            image.source_uris[:] = places

    def _drop_homeless(self, names: list[str]) -> list[str]:
        homes = {source.image for source in self.state.sources.values()}
        dropped = [name for name in dict.fromkeys(names) if name not in homes]
        if self.state.keeps_trash:
            for name in dropped:
                trashed = Image()
                trashed.CopyFrom(self.state.images[name])
                trashed.delete_time.FromDatetime(DELETED)
                trashed.purge_time.FromDatetime(PURGED)
                self.state.images[name] = trashed
            return dropped
        for name in dropped:
            for face in self.state.images.pop(name).faces:
                del self.state.faces[face.name]
        return dropped

    def CheckImages(
        self, request: images_pb.CheckImagesRequest, context: grpc.ServicerContext
    ) -> images_pb.CheckImagesResponse:
        assert 1 <= len(request.hashes) <= MAX_CHECKED_IMAGES
        presences = []
        for sha256 in request.hashes:
            image = self.state.images.get(f"{request.parent}/images/{sha256}")
            if image is None:
                presences.append(images_pb.IMAGE_PRESENCE_ABSENT)
            elif image.HasField("delete_time"):
                presences.append(images_pb.IMAGE_PRESENCE_TRASHED)
            else:
                presences.append(images_pb.IMAGE_PRESENCE_PRESENT)
        return images_pb.CheckImagesResponse(presences=presences)

    def ListSources(
        self, request: images_pb.ListSourcesRequest, context: grpc.ServicerContext
    ) -> images_pb.ListSourcesResponse:
        self.require_whole("ListSources", context)
        self.state.list_calls += 1
        with self.state.lock:
            ordered = sorted(self.state.sources)
            matching = [self.state.sources[uri] for uri in ordered if uri.startswith(request.uri_prefix)]
        if request.missing_only:
            matching = [source for source in matching if source.HasField("missing_time")]
        found, token = self.page(matching, request.page_token)
        return images_pb.ListSourcesResponse(sources=found, next_page_token=token)

    def ForgetSources(
        self, request: images_pb.ForgetSourcesRequest, context: grpc.ServicerContext
    ) -> images_pb.ForgetSourcesResponse:
        self.require_whole("ForgetSources", context)
        assert 1 <= len(request.uris) <= 1000
        with self.state.lock:
            before = dict(self.state.sources), dict(self.state.images), dict(self.state.faces)
            gone = [source for uri in request.uris if (source := self.state.sources.pop(uri, None)) is not None]
            deleted = self._drop_homeless([source.image for source in gone])
            if request.validate_only:
                self.state.sources, self.state.images, self.state.faces = before
            self._list_places()
        return images_pb.ForgetSourcesResponse(forgotten_count=len(gone), deleted_images=deleted)

    def _image(self, name: str, header: images_pb.ImageHeader, data: bytes) -> Image:
        if not data:
            raise InvalidArgumentError(Reason.IMAGE_EMPTY, "The image has no bytes.")
        if hashlib.sha256(data).hexdigest() != header.sha256:
            raise InvalidArgumentError(Reason.SHA256_MISMATCH, "The bytes are not those that were announced.")
        try:
            with PillowImage.open(io.BytesIO(data)) as picture:
                width, height = ImageOps.exif_transpose(picture).size
        except OSError:
            raise InvalidArgumentError(Reason.IMAGE_FORMAT_UNSUPPORTED, "The bytes are not an image.") from None
        image = Image(name=name, file_name=header.file_name, size_bytes=len(data))
        image.size.width, image.size.height = width, height
        image.objects.extend(self.state.objects.get(header.file_name, []))
        for number, face in enumerate(self.state.found_faces.get(header.file_name, [])):
            face.name, face.image = f"{header.parent}/faces/{header.sha256[:8]}-{number}", name
            self.state.faces[face.name] = face
            image.faces.append(masked(face, ["name", "image", "person", "box", "score"]))
        return image

    def GetImage(self, request: images_pb.GetImageRequest, context: grpc.ServicerContext) -> images_pb.GetImageResponse:
        with self.rich(context):
            if request.name not in self.state.images:
                raise NotFoundError(Reason.IMAGE_NOT_FOUND, f"There is no image {request.name}.")
        image = masked(self.state.images[request.name], request.read_mask.paths)
        return images_pb.GetImageResponse(image=image)

    def ListImages(
        self, request: images_pb.ListImagesRequest, context: grpc.ServicerContext
    ) -> images_pb.ListImagesResponse:
        with self.state.lock:
            self.state.listed.append(request)
            album = self.state.album_images.get(request.filter.album)
            everything = self.state.images.values()
            matching = [
                image
                for image in (everything if album is None else [self.state.images[name] for name in album])
                if image.HasField("delete_time") == (request.filter.expression == "trashed = true")
                and set(request.filter.labels) <= {item.label for item in image.objects}
                and (not request.filter.person or request.filter.person in {face.person for face in image.faces})
            ]
        found, token = self.page(matching, request.page_token)
        sent = [masked(image, request.read_mask.paths) for image in found]
        return images_pb.ListImagesResponse(images=sent, next_page_token=token)

    def BatchGetImages(
        self, request: images_pb.BatchGetImagesRequest, context: grpc.ServicerContext
    ) -> images_pb.BatchGetImagesResponse:
        assert 1 <= len(request.names) <= 500
        found = (self.state.images.get(name) for name in request.names)
        results = [images_pb.ImageResult(image=None if image is None else image) for image in found]
        return images_pb.BatchGetImagesResponse(results=results)

    def UpdateImage(
        self, request: images_pb.UpdateImageRequest, context: grpc.ServicerContext
    ) -> images_pb.UpdateImageResponse:
        image = self.state.images[request.image.name]
        for path in request.update_mask.paths:
            image.ClearField(path)
        request.update_mask.MergeMessage(request.image, image)
        return images_pb.UpdateImageResponse(image=image)

    def DeleteImage(
        self, request: images_pb.DeleteImageRequest, context: grpc.ServicerContext
    ) -> images_pb.DeleteImageResponse:
        with self.state.lock:
            sources, self.state.sources = self.state.sources, {}
            self._drop_homeless([request.name])
            self.state.sources = sources
        return images_pb.DeleteImageResponse(image=self.state.images.get(request.name))

    def UndeleteImage(
        self, request: images_pb.UndeleteImageRequest, context: grpc.ServicerContext
    ) -> images_pb.UndeleteImageResponse:
        image = self.state.images[request.name]
        image.ClearField("delete_time")
        image.ClearField("purge_time")
        return images_pb.UndeleteImageResponse(image=image)

    def PurgeImages(
        self, request: images_pb.PurgeImagesRequest, context: grpc.ServicerContext
    ) -> images_pb.PurgeImagesResponse:
        assert bool(request.names) != request.all_deleted
        trashed = [name for name, image in self.state.images.items() if image.HasField("delete_time")]
        purged = [name for name in trashed if request.all_deleted or name in request.names]
        if not request.validate_only:
            for name in purged:
                del self.state.images[name]
        return images_pb.PurgeImagesResponse(purged_count=len(purged))

    def ListLabels(
        self, request: images_pb.ListLabelsRequest, context: grpc.ServicerContext
    ) -> images_pb.ListLabelsResponse:
        with self.state.lock:
            images = list(self.state.images.values())
        counts = Counter(label for image in images for label in {item.label for item in image.objects})
        labels = [LabelCount(label=label, image_count=count) for label, count in sorted(counts.items())]
        found, token = self.page(labels, request.page_token)
        return images_pb.ListLabelsResponse(labels=found, next_page_token=token)


def masked(message: M, paths: Sequence[str]) -> M:
    """Return the fields `paths` of `message`, or all of them."""
    result = type(message)()
    if not paths:
        result.CopyFrom(message)
    else:
        FieldMask(paths=paths).MergeMessage(message, result)
    return result

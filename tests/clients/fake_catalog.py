"""A catalog without a core: it keeps what it is told in dicts, and fails when it is told to."""

# ruff: noqa: N802, ARG002

import hashlib
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from PIL import Image as PillowImage
from PIL import ImageOps

from albumen.catalog.v1 import image_service_pb2 as images_pb
from albumen.catalog.v1 import library_service_pb2 as libraries_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceServicer, add_ImageServiceServicer_to_server
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.library_service_pb2_grpc import (
    LibraryServiceServicer,
    add_LibraryServiceServicer_to_server,
)
from albumen.catalog.v1.people_edit_service_pb2_grpc import add_PeopleEditServiceServicer_to_server
from albumen.catalog.v1.people_service_pb2_grpc import (
    PeopleServiceServicer,
    add_PeopleServiceServicer_to_server,
)
from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.search_service_pb2_grpc import add_SearchServiceServicer_to_server
from services.common.errors import AbortedError, InvalidArgumentError, NotFoundError, Reason
from services.common.wire.channel import channel_options
from tests.clients.fake_people_edits import FakePeopleEditService, FakeSearchService
from tests.clients.fake_state import PARENT, Faults, State

M = TypeVar("M", bound=Message)


class FakeLibraryService(Faults, LibraryServiceServicer):
    def GetLibrary(
        self, request: libraries_pb.GetLibraryRequest, context: grpc.ServicerContext
    ) -> libraries_pb.GetLibraryResponse:
        with self.rich(context):
            if request.name != PARENT:
                raise NotFoundError(Reason.LIBRARY_NOT_FOUND, f"There is no library {request.name}.")
        library = Library(
            name=PARENT,
            image_count=len(self.state.images),
            face_count=len(self.state.faces),
            person_count=len(self.state.people),
        )
        return libraries_pb.GetLibraryResponse(library=library)


class FakeImageService(Faults, ImageServiceServicer):
    def IndexImage(
        self, request_iterator: Iterator[images_pb.IndexImageRequest], context: grpc.ServicerContext
    ) -> images_pb.IndexImageResponse:
        with self.rich(context):
            self.state.calls += 1
            self.state.on_call(self.state.calls)
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
                return images_pb.IndexImageResponse(image=self.state.images[name], already_indexed=True)
            data = b"".join(request.content for request in request_iterator)
            self.state.bytes_received.append(len(data))
            image = self._image(name, header, data)
            self.state.images[name] = image
            return images_pb.IndexImageResponse(image=image)
        raise AssertionError

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
        image = Image(name=name, file_name=header.file_name, source_uris=[header.source_uri], size_bytes=len(data))
        image.size.width, image.size.height = width, height
        image.objects.extend(self.state.objects.get(header.file_name, []))
        for number, face in enumerate(self.state.found_faces.get(header.file_name, [])):
            face.name, face.image = f"{header.parent}/faces/{header.sha256[:8]}-{number}", name
            self.state.faces[face.name] = face
            image.faces.append(_masked(face, ["name", "image", "person", "box", "score"]))
        return image

    def GetImage(self, request: images_pb.GetImageRequest, context: grpc.ServicerContext) -> images_pb.GetImageResponse:
        with self.rich(context):
            if request.name not in self.state.images:
                raise NotFoundError(Reason.IMAGE_NOT_FOUND, f"There is no image {request.name}.")
        image = _masked(self.state.images[request.name], request.read_mask.paths)
        return images_pb.GetImageResponse(image=image)

    def ListImages(
        self, request: images_pb.ListImagesRequest, context: grpc.ServicerContext
    ) -> images_pb.ListImagesResponse:
        matching = [
            image
            for image in self.state.images.values()
            if set(request.filter.labels) <= {item.label for item in image.objects}
            and (not request.filter.person or request.filter.person in {face.person for face in image.faces})
        ]
        found, token = self.page(matching, request.page_token)
        masked = [_masked(image, request.read_mask.paths) for image in found]
        return images_pb.ListImagesResponse(images=masked, next_page_token=token)


class FakePeopleService(Faults, PeopleServiceServicer):
    def ListPeople(
        self, request: people_pb.ListPeopleRequest, context: grpc.ServicerContext
    ) -> people_pb.ListPeopleResponse:
        everybody = [person for person in self.state.people.values() if request.show_hidden or not person.hidden]
        with self.rich(context):
            if request.parent != PARENT:
                raise NotFoundError(Reason.LIBRARY_NOT_FOUND, f"There is no library {request.parent}.")
        found, token = self.page(everybody, request.page_token)
        return people_pb.ListPeopleResponse(people=found, next_page_token=token)

    def UpdatePerson(
        self, request: people_pb.UpdatePersonRequest, context: grpc.ServicerContext
    ) -> people_pb.UpdatePersonResponse:
        with self.rich(context):
            person = self.state.people[request.person.name]
            self.state.on_update(person)
            if request.person.etag and request.person.etag != person.etag:
                raise AbortedError(Reason.ETAG_MISMATCH, "The person has changed since it was read.")
            assert list(request.update_mask.paths) == ["display_name"]
            person.display_name = request.person.display_name
        return people_pb.UpdatePersonResponse(person=person)

    def ListFaces(
        self, request: people_pb.ListFacesRequest, context: grpc.ServicerContext
    ) -> people_pb.ListFacesResponse:
        wanted = request.filter
        matching = [
            face
            for face in self.state.faces.values()
            if (not wanted.person or face.person == wanted.person)
            and (not wanted.image or face.image == wanted.image)
            and not (wanted.ungrouped and face.person)
        ]
        found, token = self.page(matching, request.page_token)
        masked = [_masked(face, request.read_mask.paths) for face in found]
        return people_pb.ListFacesResponse(faces=masked, next_page_token=token)


class FakeCatalog:
    """The fake behind a real server on a free port."""

    def __init__(self) -> None:
        self.state = State()
        self._server = grpc.server(ThreadPoolExecutor(8), options=channel_options())
        add_LibraryServiceServicer_to_server(FakeLibraryService(self.state), self._server)  # type: ignore[abstract]
        add_ImageServiceServicer_to_server(FakeImageService(self.state), self._server)  # type: ignore[abstract]
        add_PeopleServiceServicer_to_server(FakePeopleService(self.state), self._server)  # type: ignore[abstract]
        add_PeopleEditServiceServicer_to_server(FakePeopleEditService(self.state), self._server)  # type: ignore[abstract]
        add_SearchServiceServicer_to_server(FakeSearchService(self.state), self._server)
        self.target = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def add_person(self, identifier: str, display_name: str = "", *, hidden: bool = False, faces: int = 2) -> Person:
        name = f"{PARENT}/people/{identifier}"
        person = Person(
            name=name, display_name=display_name, hidden=hidden, face_count=faces, image_count=faces, etag="1"
        )
        self.state.people[name] = person
        return person

    def close(self) -> None:
        self._server.stop(None).wait()


def _masked(message: M, paths: Sequence[str]) -> M:
    masked = type(message)()
    if not paths:
        masked.CopyFrom(message)
    else:
        FieldMask(paths=paths).MergeMessage(message, masked)
    return masked

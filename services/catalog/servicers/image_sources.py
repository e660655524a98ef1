"""Calls of ImageService about the places that images come from."""

from collections.abc import Sequence
from typing import Final

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.image_writer import Forgotten
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.servicers.messages import source_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import child_name, parse_library
from services.catalog.source_uri import check_source_uri, check_uri_length
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_FORGOTTEN_SOURCES
from services.common.wire.context import Context

_MAX_SOURCES: Final = 1_000


class ImageSources:
    """Lists and forgets places.

    Args:
        libraries: leases them, and runs reads and writes.
        executor: runs checks that take long.

    """

    def __init__(self, libraries: LibraryCalls, executor: BoundedExecutor) -> None:
        self._libraries = libraries
        self._executor = executor

    async def ListSources(self, request: pb.ListSourcesRequest, context: Context) -> pb.ListSourcesResponse:
        """List the places of images, by uri."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        prefix = request.uri_prefix
        checks.run(check_uri_length, prefix, field="uri_prefix")
        query = ("sources", library, prefix, *(["missing"] if request.missing_only else []))
        page = PageRequest(checks, request, *query, most=_MAX_SOURCES, key_types=(str,))
        checks.done()

        def read(opened: Library) -> tuple[list[image_pb2.Source], str]:
            return page.fill(
                lambda after, limit: opened.list_sources(
                    uri_prefix=prefix, missing_only=request.missing_only, after=after, limit=limit
                ),
                lambda record: source_message(library, record),
            )

        sources, next_page_token = await self._libraries.run(library, read)
        return pb.ListSourcesResponse(sources=sources, next_page_token=next_page_token)

    async def ForgetSources(self, request: pb.ForgetSourcesRequest, context: Context) -> pb.ForgetSourcesResponse:
        """Forget places whose files are gone."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        # A thousand long ones take a second.
        uris = await self._executor.run(checks.run, _checked_uris, request.uris)
        checks.done()

        def write(opened: Library) -> Forgotten:
            return opened.forget_sources(uris, validate_only=request.validate_only)

        forgotten = await self._libraries.run(library, write, people=True)
        return pb.ForgetSourcesResponse(
            forgotten_count=forgotten.count,
            deleted_images=[child_name(library, "images", sha256) for sha256 in forgotten.deleted],
        )


def _checked_uris(uris: Sequence[str]) -> frozenset[str]:
    if not uris:
        raise InvalidArgumentError(Reason.SOURCES_EMPTY, "No place is given.", field="uris")
    if len(uris) > MAX_FORGOTTEN_SOURCES:
        raise InvalidArgumentError(
            Reason.TOO_MANY_SOURCES,
            f"{len(uris):,} places are more than the {MAX_FORGOTTEN_SOURCES:,} that one call may forget. Send them in "
            "several.",
            field="uris",
            metadata={"limit": str(MAX_FORGOTTEN_SOURCES), "value": str(len(uris))},
        )
    checks = Checks()
    for position, uri in enumerate(uris):
        checks.run(check_source_uri, uri, field=f"uris[{position}]")
    checks.done()
    return frozenset(uris)

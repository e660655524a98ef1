"""The writes that wait for a library: in a queue and not in threads, photos that wait together stored together."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from services.catalog.library import Library
from services.catalog.records import AddedImage
from services.catalog.vocabulary import ImageAnalysis
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor

P = ParamSpec("P")
T = TypeVar("T")

# A correction or a deletion behind a batch waits for all of it.
_MAX_PHOTOS: Final = 32
_MAX_BYTES: Final = 8 * 1024 * 1024


@dataclass(slots=True, eq=False)
class _Write:
    """What waits, and who waits for it: a photo to be stored, or other work."""

    job: ImageAnalysis | Callable[[], Any]
    future: "asyncio.Future[Any]"
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class WriteQueues:
    """Carries out the writes of each library in the order of their arrival, one at a time, in threads of their own.

    Photos that wait behind one another when their turn comes are stored by one transaction, and one fsync serves them
    all. Nobody waits for company: a photo that finds no write under way is stored at once.

    Belongs to one event loop. A caller that is cancelled leaves the queue; a write that has begun runs to its end.

    Args:
        workers: number of threads, and so of libraries written to at once.
        queue: number of writes that may wait in addition to those that run.

    """

    def __init__(self, *, workers: int, queue: int) -> None:
        self._executor = BoundedExecutor("catalog-write", workers=workers, queue=0, in_turn=workers)
        self._admission = Admission("catalog", limit=workers + queue, parallel=workers, unit="writes")
        self._queues: dict[Library, deque[_Write]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, library: Library, photo: ImageAnalysis) -> AddedImage:
        """Store a photo; see `Library.add_image`.

        Raises:
            ResourceExhaustedError: OVERLOADED, with the time after which a place should be free.

        """
        with self._admission.place():
            added: AddedImage = await self._wait(library, photo)
            return added

    async def run(self, library: Library, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work`, which writes to the library, in a thread and return its result; errors as in `add`."""
        with self._admission.place():
            return await self.run_in_turn(library, work, *args, **kwargs)

    async def run_in_turn(self, library: Library, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `run` does, however long it has to wait for a place."""
        result: T = await self._wait(library, partial(work, *args, **kwargs))
        return result

    def close(self) -> None:
        """Wait for running writes, drop waiting ones, and stop the threads."""
        self._executor.close()

    async def _wait(self, library: Library, job: ImageAnalysis | Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
        write = _Write(job, asyncio.get_running_loop().create_future())
        queue = self._queues.get(library)
        if queue is None:
            queue = self._queues[library] = deque()
            task = asyncio.create_task(self._carry_out(library, queue))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue.append(write)
        try:
            return await write.future
        except asyncio.CancelledError:
            # It may hold megabytes of faces; who gave up holds nothing.
            with suppress(ValueError):
                queue.remove(write)
            raise

    async def _carry_out(self, library: Library, queue: deque[_Write]) -> None:
        """Carry out what waits until nothing does."""
        try:
            while queue:
                writes = _take(queue)
                try:
                    outcomes = await self._executor.run_in_turn(_run, library, writes)
                except Exception as error:  # noqa: BLE001 - no thread took it; who waits must hear of it
                    outcomes = [error] * len(writes)
                except asyncio.CancelledError:
                    _cancel([*writes, *queue])
                    raise
                for write, outcome in zip(writes, outcomes, strict=True):
                    if write.future.done():
                        continue
                    if isinstance(outcome, Exception):
                        write.future.set_exception(outcome)
                    else:
                        write.future.set_result(outcome)
        finally:
            del self._queues[library]


def _cancel(writes: list[_Write]) -> None:
    for write in writes:
        write.future.cancel()


def _take(queue: deque[_Write]) -> list[_Write]:
    """Take the first write, and if it is a photo also those that follow, up to the bounds.

    Photos of the same bytes or from the same place may undo each other's rows, so they are not stored together.
    """
    writes = [queue.popleft()]
    photo = writes[0].job
    if not isinstance(photo, ImageAnalysis):
        return writes
    size, keys = _size(photo), _keys(photo)
    while queue and len(writes) < _MAX_PHOTOS:
        photo = queue[0].job
        if not isinstance(photo, ImageAnalysis) or not keys.isdisjoint(_keys(photo)):
            break
        size += _size(photo)
        if size > _MAX_BYTES:
            break
        keys |= _keys(photo)
        writes.append(queue.popleft())
    return writes


def _keys(photo: ImageAnalysis) -> set[str]:
    return {photo.sha256, photo.source.uri} - {""}


def _size(photo: ImageAnalysis) -> int:
    """Return about how many bytes of a photo are stored."""
    return sum(face.embedding.nbytes + len(face.thumbnail) for face in photo.faces)


def _run(library: Library, writes: list[_Write]) -> list[Any]:
    """Carry out writes in a thread; return of each its result, or the exception that it raised."""
    photos = [write.job for write in writes if isinstance(write.job, ImageAnalysis)]
    if photos:
        return list(library.additions.add_all(photos))
    return [_result(write.job, write.context) for write in writes if not isinstance(write.job, ImageAnalysis)]


def _result(work: Callable[[], Any], context: contextvars.Context) -> Any:  # noqa: ANN401 - whatever the work returns
    try:
        # Logs of the work carry the context of the call.
        return context.run(work)
    except Exception as error:  # noqa: BLE001 - it is raised where somebody waits for it
        return error

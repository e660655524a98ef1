"""Indexes images until it is killed; prints the name of each as soon as it is acknowledged."""

import asyncio
import sys
from pathlib import Path

from services.catalog.library import Library
from services.catalog.write_queues import WriteQueues
from tests.catalog.clustering.synthetic import analysis, direction, sha256

TOGETHER = 8


def main(path: str, first: int) -> None:
    library = Library(Path(path), "a")
    number = first
    while True:
        library.add_image(analysis(str(number), direction(0.01 * number, number % 5), labels=("cat",)))
        print(number, flush=True)  # noqa: T201
        if number % 4 == 0:
            library.delete_image(sha256(str(number)))
            print(-number, flush=True)  # noqa: T201
        number += 1


async def main_together(path: str, first: int) -> None:
    """Have several photos wait for one commit."""
    library = Library(Path(path), "a")
    writes = WriteQueues(workers=1, queue=TOGETHER)

    async def add(number: int) -> None:
        while True:
            photo = analysis(str(number), direction(0.01 * number, number % 5), labels=("cat",))
            await writes.add(library, photo)
            print(number, flush=True)  # noqa: T201
            number += TOGETHER

    await asyncio.gather(*(add(first + offset) for offset in range(TOGETHER)))


if __name__ == "__main__":
    if "together" in sys.argv:
        asyncio.run(main_together(sys.argv[1], int(sys.argv[2])))
    else:
        main(sys.argv[1], int(sys.argv[2]))

"""Runs the catalog: `python -m services.catalog`."""

import atexit
import gc
import sys

from threadpoolctl import threadpool_limits

from services.catalog.composition.services import make_bounds, make_services
from services.catalog.composition.tools import Tools
from services.catalog.composition.work import Work
from services.catalog.settings import CatalogSettings
from services.common.wire.process import run
from services.common.wire.server import Application


def build(settings: CatalogSettings) -> Application:
    """Put the catalog together."""
    # Requests bring the parallelism; BLAS threads on top of them cost several times what they gain.
    threadpool_limits(1, "blas")
    tools = Tools.make(settings)
    work = Work.make(settings, tools)

    async def start() -> None:
        await tools.start()
        await work.start()

    async def close() -> None:
        tools.decoders.close()
        await work.stop()
        await tools.close()

    return Application(
        services=make_services(tools, work),
        start=start,
        close=close,
        methods=make_bounds(settings, tools),
        images=tools.bytes_held,
        end_streams=tools.watchers.close,
        borrowed=tools.decoders.borrowed,
        tidy=tools.decoders.tidy,
    )


if __name__ == "__main__":
    # All that was imported stays, and who looks for garbage when a library is closed need not look at it.
    gc.freeze()
    # DuckDB's binding complains of all that is still there at the end.
    atexit.register(gc.unfreeze)
    sys.exit(run(CatalogSettings, build))

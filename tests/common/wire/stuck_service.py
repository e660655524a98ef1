"""A service that never ends by itself: a thread of its own is busy for ever."""

import sys
import threading

from pydantic_settings import SettingsConfigDict

from services.common.settings import ServiceSettings
from services.common.wire.process import run
from services.common.wire.server import Application


class StuckSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="ALBUMEN_STUCK_")


def build(_: StuckSettings) -> Application:
    busy = threading.Thread(target=threading.Event().wait)

    async def start() -> None:
        busy.start()

    async def close() -> None:
        busy.join()

    return Application(services={}, start=start, close=close)


if __name__ == "__main__":
    sys.exit(run(StuckSettings, build))

import asyncio
import gc
import weakref

import pytest

from services.common.errors import Reason, UnavailableError
from services.common.model_slot import ModelSlot


class Model:
    pass


class Loader:
    """Makes models, or fails while it is told to."""

    def __init__(self) -> None:
        self.loads = 0
        self.broken = False

    def __call__(self) -> Model:
        self.loads += 1
        if self.broken:
            raise UnavailableError(Reason.MODEL_UNAVAILABLE, "The weights are gone.")
        return Model()


async def test_before_the_start_the_model_is_not_ready() -> None:
    slot = ModelSlot(Loader())
    with pytest.raises(UnavailableError) as caught:
        await slot.ready()
    assert caught.value.reason is Reason.MODEL_NOT_READY
    await slot.close()


async def test_a_failed_start_says_why_until_one_succeeds() -> None:
    loader = Loader()
    slot = ModelSlot(loader)
    loader.broken = True
    with pytest.raises(UnavailableError):
        await slot.start()
    with pytest.raises(UnavailableError) as caught:
        slot.get()
    assert caught.value.reason is Reason.MODEL_UNAVAILABLE
    loader.broken = False
    await slot.start()
    assert slot.get() is await slot.ready()
    await slot.close()


async def test_an_idle_model_is_dropped_and_loaded_again_once_on_demand() -> None:
    loader = Loader()
    slot = ModelSlot(loader, unload_after=0.05)
    await slot.start()
    dropped = weakref.ref(slot.get())
    while dropped() is not None:
        await asyncio.sleep(0.01)
        gc.collect()
    models = await asyncio.gather(*(slot.ready() for _ in range(5)))
    assert len(set(models)) == 1
    assert loader.loads == 2
    await slot.close()


async def test_a_failed_reload_keeps_the_old_model() -> None:
    loader = Loader()
    slot = ModelSlot(loader)
    await slot.start()
    old = slot.get()
    loader.broken = True
    with pytest.raises(UnavailableError):
        await slot.reload()
    assert slot.get() is old
    loader.broken = False
    await slot.reload()
    assert slot.get() is not old
    await slot.close()

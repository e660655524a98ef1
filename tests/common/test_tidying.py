from services.common.byte_budget import ByteBudget
from services.common.limits import MEBIBYTE
from services.common.tidying import Tidying


async def test_what_is_kept_is_given_back_after_a_burst_and_not_before_its_end() -> None:
    images, tidied = ByteBudget("test", 1_000 * MEBIBYTE), list[int]()
    tidying = Tidying(images, lambda: tidied.append(images.taken))
    with images.hold() as held:
        await held.add(100 * MEBIBYTE)
        tidying.look()
        assert tidied == []
    for _ in range(3):
        tidying.look()
    assert tidied == [100 * MEBIBYTE] * 2

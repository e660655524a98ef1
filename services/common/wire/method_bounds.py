"""How much one method takes in, and what refuses its calls before anything of them is read."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from services.common.byte_budget import ByteBudget, HeldBytes
from services.common.limits import MESSAGE_OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class MethodBounds:
    """The bounds of one method; as they are here, those of a method without images.

    Attributes:
        message_bytes: size of its largest request message.
        has_images: whether its requests hold images. They take a place of their own while they arrive, and whatever
            of them is no image is bounded by itself.
        images: bounds the bytes of requests in hand, if a call has one; a servicer counts those of streams by itself.
        admit: refuses a call that would find no room, before its request is read.
        room: waits until there is some for so many bytes of a stream; it waits in the message's place, so that no more
            messages than there are places come for the same room.

    """

    message_bytes: int = MESSAGE_OVERHEAD_BYTES
    has_images: bool = False
    images: ByteBudget | None = None
    admit: Callable[[], None] | None = None
    room: Callable[[int], Awaitable[None]] | None = None

    def hold(self) -> AbstractContextManager[HeldBytes | None]:
        """Return the account that a call's request is held on, if the method has images."""
        return nullcontext() if self.images is None else self.images.hold()

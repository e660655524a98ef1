"""A decoder process that does what its photo says, as a subverted or crashing one would."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from services.common.decoding.channel import Message
from services.common.decoding.decoder_process import OPERATIONS, Work, serve
from services.common.decoding.messages import FORGET


def _spin() -> None:
    while True:
        pass


_ENDS: Final[dict[bytes, Callable[[], object]]] = {
    b"crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    b"abort": os.abort,
    b"spin": _spin,
    b"hang": lambda: time.sleep(600),
    b"killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"exit": lambda: os._exit(0),
    b"memory": lambda: bytes(2**40),
    b"garbage": gc.collect,
}
_ANSWERS: Final[dict[bytes, Message]] = {
    b"rubbish": {"format": ["JPEG"], "stored_width": -1},
    b"other error": {"error": {"reason": "NO_REASON", "message": 5}},
}


def _header(work: Work, request: Message) -> Message:
    if work.data in _ENDS:
        _ENDS[work.data]()
    return _ANSWERS.get(work.data) or OPERATIONS["header"](work, request)


def _tags(work: Work, request: Message) -> Message:
    """Use up some of the photo's time."""
    end = time.process_time() + 0.15
    while time.process_time() < end:
        pass
    return OPERATIONS["tags"](work, request)


def _pixels(work: Work, request: Message) -> Message:
    answer = OPERATIONS["pixels"](work, request)
    return {"height": 2**40, "width": 2**40} if answer["width"] == 7 else answer


if __name__ == "__main__":
    serve(int(sys.argv[1]), {"header": _header, "tags": _tags, "pixels": _pixels, FORGET: OPERATIONS[FORGET]})

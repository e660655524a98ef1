"""Where photos are decoded."""

import structlog

from services.common.decoding.child_decoders import ChildDecoders
from services.common.decoding.decoder import Decoders
from services.common.decoding.shared_memory import is_supported
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.limits import DecodeLimits

_log = structlog.get_logger("decoders")


def choose_decoders(count: int, limits: DecodeLimits) -> Decoders:
    """Return `count` decoders in processes of their own; in the asking threads for 0, or where the system has none."""
    if count and is_supported():
        return ChildDecoders(count, limits)
    _log.info("decoding_in_threads", wanted=count == 0)
    return ThreadDecoders(limits)

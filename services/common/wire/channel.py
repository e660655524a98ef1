"""Options of the channels to Albumen's services: message sizes, retries, reconnection, health-checked balancing."""

from importlib.resources import files
from typing import Final

from services.common.limits import MAX_FACES_PER_IMAGE, MAX_IMAGE_BYTES, MESSAGE_OVERHEAD_BYTES

# Five attempts after 1, 2, 4 and 5 s, each a fifth shorter or longer, bridge the restart of a service.
SERVICE_CONFIG: Final = files("services.common.wire").joinpath("service_config.json").read_text("utf-8")

_CROP_BYTES: Final = 160 * 160 * 3


# Of every channel. Photos, and questions about a service's health, must not travel through a proxy for the web.
DIRECT: Final = (("grpc.enable_http_proxy", 0),)


def channel_options(*, max_image_bytes: int = MAX_IMAGE_BYTES) -> list[tuple[str, int | str]]:
    """Return the options for `grpc.insecure_channel` and its aio twin.

    Args:
        max_image_bytes: size of the largest image that the channel is to carry, in bytes.

    """
    return [
        ("grpc.service_config", SERVICE_CONFIG),
        ("grpc.max_send_message_length", max_image_bytes + MESSAGE_OVERHEAD_BYTES),
        ("grpc.max_receive_message_length", MAX_FACES_PER_IMAGE * _CROP_BYTES + MESSAGE_OVERHEAD_BYTES),
        # A call is retried only while all that was sent of it is still held, an image included.
        ("grpc.per_rpc_retry_buffer_size", max_image_bytes + MESSAGE_OVERHEAD_BYTES),
        *DIRECT,
        # By default a service that comes back after a minute would stay unnoticed for another two.
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.min_reconnect_backoff_ms", 1000),
        ("grpc.max_reconnect_backoff_ms", 5000),
    ]

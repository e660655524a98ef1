"""Where the time of a call went, as a message."""

from google.protobuf.duration_pb2 import Duration

from albumen.types.v1 import timings_pb2


def timings_message(queue: float, decode: float, infer: float) -> timings_pb2.Timings:
    """Return the message of three times in seconds."""
    return timings_pb2.Timings(queue=_duration(queue), decode=_duration(decode), infer=_duration(infer))


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromMicroseconds(round(seconds * 1e6))
    return duration

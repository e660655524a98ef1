"""The ceilings under which every attack has to stay."""

from typing import Final

MEGABYTE: Final = 1_000_000

# Of CPU time, for one call; and of the clock, where a machine is busy with other things.
CPU_SECONDS: Final = 10.0
CALL_SECONDS: Final = 90.0

DETECTOR_BYTES: Final = 900 * MEGABYTE
EMBEDDER_BYTES: Final = 700 * MEGABYTE
# Above what it holds when it comes to serve.
CATALOG_BYTES: Final = 400 * MEGABYTE
# So many times what it held before a burst, a service may hold soon after it.
KEPT_MEMORY: Final = 1.2
REST_SECONDS: Final = 20.0

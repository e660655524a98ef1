"""Numbers with a fraction as refusals tell them: one that is beyond a limit must never look like the limit."""

import numpy as np


def float64_text(value: float) -> str:
    """Return the fewest digits that tell `value` from all other float64 numbers."""
    return repr(float(value)).removesuffix(".0")


def float32_text(value: float) -> str:
    """Return the fewest digits that tell `value`, which was sent as a float32, from all other float32 numbers."""
    return str(np.float32(value)).removesuffix(".0")

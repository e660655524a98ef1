"""Weights and sample photos: the manifest that pins them, and the pull that fetches, checks and converts them."""

import os

# ONNX Runtime reports to its makers, unless it finds this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

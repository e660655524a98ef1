"""Compares indexing by the services with plain code that calls the same models: speed, memory, start, size."""

import os

# ONNX Runtime reports to its makers, unless it finds this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

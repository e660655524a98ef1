"""Measures how accurate the answers of the running services are: faces, objects, and telling people apart."""

import os

# ONNX Runtime reports to its makers, unless it finds this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

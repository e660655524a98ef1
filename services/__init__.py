"""The services of Albumen: detector, embedder, catalog, and what they have in common."""

import os

# ONNX Runtime reports to its makers, unless it finds this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

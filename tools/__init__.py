"""What developers of Albumen run: the generators of code and documents."""

import os

# ONNX Runtime reports to its makers, unless it finds this when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

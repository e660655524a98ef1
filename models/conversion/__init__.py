"""Converts source weights to ONNX, to the same bytes on every machine and in every run: one module per model."""

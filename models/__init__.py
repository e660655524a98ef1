"""Weights and sample photos: what exists, where it comes from, and how it becomes ONNX."""

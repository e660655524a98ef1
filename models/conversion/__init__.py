"""Source weights in, ONNX bytes out: the same bytes on every host and in every run."""

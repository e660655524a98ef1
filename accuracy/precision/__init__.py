"""What a precision of a model costs and brings, each file beside the fp32 one of the same weights."""

"""Compares each quantised model with the fp32 model of the same weights: speed, size, steadiness, accuracy."""

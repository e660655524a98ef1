"""Weights and sample photos: the manifest that pins them, and the pull that fetches, checks and converts them."""

"""Damaged pictures of every codec, sent to the detector and to the catalog."""

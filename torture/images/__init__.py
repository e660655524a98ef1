"""Damaged pictures of every codec, sent to all three services."""

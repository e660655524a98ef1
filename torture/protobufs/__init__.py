"""Hostile messages, and bytes that are no messages, sent to every method."""

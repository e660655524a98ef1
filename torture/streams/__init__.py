"""Streams and connections that are opened, and misused."""

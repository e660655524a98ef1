"""Keeps libraries equal to their folders on the server's disk."""

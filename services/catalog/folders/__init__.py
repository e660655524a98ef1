"""Folders of the server's disk: what users want of them, what is on disk, and what is known of it."""

"""Folders that are watched, and synced by themselves when something in them changes."""

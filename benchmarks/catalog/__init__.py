"""Measures a catalog with a large library as its callers meet it, beside SQLite on the same rows."""

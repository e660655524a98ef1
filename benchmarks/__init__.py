"""Compares indexing by the services with plain code that calls the same models: speed, memory, start, size."""

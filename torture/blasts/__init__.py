"""Bombs, sent alone and eight at once."""

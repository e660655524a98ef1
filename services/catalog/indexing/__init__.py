"""The way of a photo into a library."""

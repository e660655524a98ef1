"""A catalog that is killed at any moment, and what is there afterwards."""

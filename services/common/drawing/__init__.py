"""Boxes and labels on pictures: the same on those of the command line and on those of the catalog."""

"""Attacks of the catalog by disks that are full."""

"""Measures DBSCAN and search of the catalog, in one go and face by face, against bars."""

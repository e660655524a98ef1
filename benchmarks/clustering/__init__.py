"""DBSCAN and search, face by face and all at once, held to their bars."""

"""Exact DBSCAN of face embeddings, in one go or face by face, and the exact search that it stands on."""

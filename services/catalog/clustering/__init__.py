"""DBSCAN of face embeddings: in one go, and face by face."""

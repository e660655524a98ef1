"""The embedder service: turns face crops into embeddings, in batches that calls share."""

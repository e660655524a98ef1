"""The embedder service: face crops in, FaceNet embeddings out."""

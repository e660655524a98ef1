"""The services of Albumen: detector, embedder, catalog, and what they have in common."""

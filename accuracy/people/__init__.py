"""Measures how well the catalog groups faces into people, beside other ways to cluster the same faces."""

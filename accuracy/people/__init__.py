"""How well faces are grouped into people: the catalog beside other ways to cluster the same faces."""

"""The command line: a client of the catalog, and a launcher of the three services."""

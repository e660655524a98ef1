"""`albumen library`: the libraries of a catalog, one command a file."""

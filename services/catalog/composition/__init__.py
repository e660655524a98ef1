"""How the catalog is put together: what its calls work with, what it does by itself, and what it serves."""

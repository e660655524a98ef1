"""`albumen face` and what it does."""

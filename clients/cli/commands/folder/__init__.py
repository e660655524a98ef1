"""`albumen folder`: folders on the catalog's own disk, and syncs of them."""

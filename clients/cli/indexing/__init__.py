"""The way of many files into the catalog: what is known of them, what is sent, what is missing."""

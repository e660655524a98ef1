"""What is on disk: folders walked, and what becomes of what is in them."""

"""What developers of Albumen run: the generators of code and documents."""

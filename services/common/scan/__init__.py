"""What is on disk: files told apart by kind, and what of a folder is left out, for clients and services alike."""

"""What is on disk: folders walked, files told apart by kind, what is left out and why."""

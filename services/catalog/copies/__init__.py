"""What goes through all rows of a library in one snapshot, while others read and write: copies, and checks."""

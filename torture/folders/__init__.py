"""A catalog that is killed while it keeps a library equal to a folder, in which others change files all the time."""

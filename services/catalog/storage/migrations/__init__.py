"""The schema of a library, one numbered SQL file a version."""

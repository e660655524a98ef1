"""All SQL: a library's file, its tables, and its schema."""

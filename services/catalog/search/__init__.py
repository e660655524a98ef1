"""Exact search among the faces and the people of a library."""

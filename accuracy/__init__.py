"""Measures how accurate the answers of the running services are: faces, objects, and telling people apart."""

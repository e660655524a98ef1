"""Measures the services under load, beside the same models called directly."""

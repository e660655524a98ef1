"""How the services behave under load, beside the same models called directly."""

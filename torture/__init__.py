"""Attacks on the real services, seeded and replayable: `make torture`; see docs/torture.md."""

"""Attacks on the real services, seeded and replayable: `make torture`; see docs/torture.md."""

import os

# Connections are broken on purpose, and the transport would tell of each among the findings.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

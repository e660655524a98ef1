"""Libraries as they were, in folders that outlive them: made, listed, restored, deleted, and exported."""

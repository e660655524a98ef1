"""The commands, one a file: what they ask, and how the answer looks on a terminal."""

"""The language of filters: a subset of AIP-160, parsed into conditions that a table can be asked for."""

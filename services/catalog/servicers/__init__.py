"""What knows protobuf: translates between messages and the core, and nothing more."""

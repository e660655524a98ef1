"""What knows gRPC: servers, channels, statuses and the messages that several services send."""

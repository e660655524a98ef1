"""What filters, orders and counts look at, of all images of a library: columns in memory, as wide as they must be."""

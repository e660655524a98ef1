"""What it costs to decode photos in processes of their own."""

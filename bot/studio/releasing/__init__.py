"""What is live, and how it came to be."""

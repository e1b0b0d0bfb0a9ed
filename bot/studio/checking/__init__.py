"""What can be found wrong with flows and their translations before a resident meets it."""

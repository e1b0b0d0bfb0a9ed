"""What the line does for admins and translators."""

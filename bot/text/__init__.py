"""What can be known about one text. Pure: no network, no database, no clock."""

"""Officers answer threads from their own phones, by SMS."""

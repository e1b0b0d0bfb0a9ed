"""Ways in which texts arrive and leave."""

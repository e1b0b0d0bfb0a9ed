"""Reports at the desk, their states, and other systems that take them."""

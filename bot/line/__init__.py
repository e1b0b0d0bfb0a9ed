"""What the line does for residents: plain functions, the Hotline first."""

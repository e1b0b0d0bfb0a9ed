"""What the line does for officers: plain functions, the Hotline first."""

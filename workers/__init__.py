"""The worker's door: bells in, one use case called each."""

"""What was read, for a person to check against the original and for programs."""

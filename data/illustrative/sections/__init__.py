"""What is made, a module a room of the assessment."""

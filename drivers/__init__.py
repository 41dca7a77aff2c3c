"""What an instrument is, and how each real one is reached."""

"""Source documents and bonded inventory notes."""

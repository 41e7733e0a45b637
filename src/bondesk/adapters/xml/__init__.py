"""Messages of the Single Window client: written, packed, and read back leniently."""

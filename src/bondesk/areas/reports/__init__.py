"""Report declarations."""

"""The IC card: over PC/SC with one driver per card layout, or through the local service of the E-port control."""

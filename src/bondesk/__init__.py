"""Bondesk (保税台): bonded processing-trade customs on the desktop."""

__version__ = "0.1.0"

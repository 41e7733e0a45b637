"""What the business knows: one folder per area, one file per document."""

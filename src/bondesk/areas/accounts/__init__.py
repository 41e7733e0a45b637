"""The account books customs approves."""

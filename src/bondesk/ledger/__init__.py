"""Postings, balances as folds over them, and the reason of every balance. Pure."""

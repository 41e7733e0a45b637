"""账册报核: every cycle a book answers for each gram (handbook 8)."""

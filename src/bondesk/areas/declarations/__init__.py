"""报关单: drafts from notes and source documents, and the formal copies beside them (handbook 6, 7)."""

"""对碰: drafts against what customs has of them, for notes and declarations alike (handbook 7)."""

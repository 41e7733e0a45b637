"""风险管理: what customs inspected and returned, and what came of it (handbook 15)."""

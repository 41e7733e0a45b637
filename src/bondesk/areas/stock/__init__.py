"""仓单 and 盘点: what really lies in the warehouses, at part level (handbook 12.1, 12.2)."""

"""Parts, consolidation, BOM and unit consumption."""

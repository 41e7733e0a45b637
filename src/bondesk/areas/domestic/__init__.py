"""内销内购: what leaves the bond for the home market, and what was bought there (handbook 13)."""

"""外发加工: what is given to a contractor to work on, with customs' consent (handbook 10)."""

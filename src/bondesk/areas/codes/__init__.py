"""Customs code tables, enterprise synonyms, partners, exchange rates."""

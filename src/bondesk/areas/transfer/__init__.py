"""保税货物流转 (转厂): goods that go from one company's book to another's inside the country (handbook 11)."""

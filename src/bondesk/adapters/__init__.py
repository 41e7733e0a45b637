"""One file per outside thing: workbooks, messages, folders; each has a twin in tests."""

"""Reading (python-calamine) and writing (XlsxWriter) of workbooks."""

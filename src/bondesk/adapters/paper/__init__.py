"""Tables on paper: PDF pages a clerk prints or sends, drawn with reportlab."""

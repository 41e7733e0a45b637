"""What can be done to any document: knows no area, no screen and no file format."""

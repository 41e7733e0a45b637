"""The words of the house: what every room may say, without Qt, files or network."""

"""The frozen view of one person and that person's accounts, and the rows that keep it."""

"""Staged rows into the book, one module per kind: set-based statements that both databases understand."""

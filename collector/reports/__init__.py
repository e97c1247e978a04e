"""Sums over the book for who leads a floor, the accounts behind each of them, and what leaves the house as a file."""

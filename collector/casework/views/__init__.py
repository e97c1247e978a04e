"""Reads for people and programs at the doors: only what the caller may see, as frozen values."""

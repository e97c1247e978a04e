"""Nouns that know nothing of debt: settings, clock, money, phone, database, errors, files, keys."""

"""Letters of accounts: the facts they are written with, and the lists of where they stand."""

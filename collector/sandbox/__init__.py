"""A make-believe book, simulated borrowers, and a server that speaks the carrier's REST."""

"""Where the carrier reports and asks: signed, repeatable, and silent to everyone else."""

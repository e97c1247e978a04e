"""May this contact happen? Law as data, verdicts with reasons."""

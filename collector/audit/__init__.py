"""Who did what, when: entries, sealed into a chain that shows every later change."""

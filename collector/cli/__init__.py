"""The command line: a door. Every command is one transaction, `--json` gives one document (design section 8)."""

"""The decision table: which segment, stage and cadence an account belongs to."""

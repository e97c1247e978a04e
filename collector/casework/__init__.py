"""One business event, from record to consequence. The only way in for events."""

"""Pages, API and webhooks: a door."""

"""collector: the service that runs a collections floor."""

"""The JSON API: the command line over HTTP, with keys and scopes instead of a shell."""

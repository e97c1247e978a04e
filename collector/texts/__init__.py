"""The words that are sent: what a template may say, how it is filled in, and how many parts it costs."""

"""Carriers, and the steps of a contact: claim, send, receipt."""

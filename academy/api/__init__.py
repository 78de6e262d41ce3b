"""Endpoints of the institution: people, courts, the feed of events."""

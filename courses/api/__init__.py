"""Endpoints of the catalogue and the plan."""

"""Other court systems: their keys, their scopes, what they may see, and what they saw."""

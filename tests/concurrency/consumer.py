"""Another court system that keeps a copy of the feed, as its own process: standard library only.

`python consumer.py PORT CLIENT_ID CLIENT_SECRET FILE`. The copy and the position are written in one
transaction; whatever kills the process, the next one goes on from there. Ends when its input does
and it has everything.
"""

import json
import select
import sqlite3
import sys
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode


class Copy:
    """The copy on the disk."""

    def __init__(self, path: str) -> None:
        self.rows = sqlite3.connect(path)
        self.rows.execute("PRAGMA synchronous = OFF")
        self.rows.execute(
            "CREATE TABLE IF NOT EXISTS event (position INTEGER PRIMARY KEY, id TEXT)"
        )
        self.rows.execute("CREATE TABLE IF NOT EXISTS read (position INTEGER)")

    @property
    def position(self) -> int:
        found = self.rows.execute("SELECT max(position) FROM read").fetchone()[0]
        return found or 0

    def take(self, events: list[dict[str, object]], position: int) -> None:
        with self.rows:
            told = [(event["position"], event["id"]) for event in events]
            self.rows.executemany("INSERT INTO event VALUES (?, ?)", told)
            self.rows.execute("DELETE FROM read")
            self.rows.execute("INSERT INTO read VALUES (?)", [position])


def token(base: str, key: str, secret: str) -> str:
    basic = b64encode(f"{key}:{secret}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 - our own server, as below
        f"{base}/oauth/token/",
        data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
        headers={"Authorization": f"Basic {basic}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return str(json.load(answer)["access_token"])


def follow(port: str, key: str, secret: str, path: str) -> None:
    base, copy, bearer = f"http://127.0.0.1:{port}", Copy(path), ""
    while True:
        is_over = bool(select.select([sys.stdin], [], [], 0)[0])
        wait = 0 if is_over else 5
        url = f"{base}/api/v1/events?after={copy.position}&limit=7&wait={wait}"
        headers = {"Authorization": f"Bearer {bearer}"}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
            bearer = token(base, key, secret)
            continue
        copy.take(body["items"], body["position"])
        if is_over and body["position"] == body["end"]:
            return


if __name__ == "__main__":
    follow(*sys.argv[1:])

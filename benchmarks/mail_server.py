"""A mail server for the benchmark of the outbox: it takes everything at once, and counts by Message-ID.

It prints its port when it listens and, when its standard input ends, what it took. It is small, so that what is
measured are the workers and not the server.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from typing import Any

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Taken:
    """What was taken, and when."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.began = time.monotonic()
        self.first = self.last = 0.0

    def take(self, content: bytes) -> None:
        """Count one e-mail."""
        found = MESSAGE_ID.search(content)
        self.accepted[found[1].decode() if found else "without"] += 1
        self.last = time.monotonic()
        self.first = self.first or self.last

    def as_data(self) -> dict[str, Any]:
        """The figures, as JSON."""
        return {
            "accepted": self.accepted,
            "seconds": max(self.last - self.first, 0.001),
            "longest": self.last - self.first,
        }


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, taken: Taken) -> None:
    """One conversation (RFC 5321)."""
    writer.write(b"220 here\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            taken.take(await reader.readuntil(b"\r\n.\r\n"))
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        writer.write(b"250 OK\r\n")
    writer.close()


async def main() -> None:
    """Serve until standard input ends."""
    taken = Taken()
    server = await asyncio.start_server(lambda reader, writer: converse(reader, writer, taken), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(taken.as_data()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""A small IMAP server on loopback with one folder, for what reads returned e-mails (RFC 9051, as far as needed)."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSWORD = "a secret/"


@dataclass
class Account:
    """Its messages by UID, and their flags."""

    messages: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    port: int = 0

    @property
    def url(self) -> str:
        """The address for NIGHTLIGHT_BOUNCES."""
        return f"imap://bounces:a%20secret%2F@127.0.0.1:{self.port}/INBOX"


class _Conversation(socketserver.StreamRequestHandler):
    account: Account

    def handle(self) -> None:
        self._say("* OK here")
        for line in self.rfile:
            tag, command, *words = line.decode().strip().split(" ", 2)
            if not self._answer(tag, command.upper(), words[0] if words else ""):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _answer(self, tag: str, command: str, words: str) -> bool:
        account = self.account
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif command == "LOGIN" and PASSWORD not in words:
            self._say(f"{tag} NO wrong")
            return True
        elif command == "SELECT":
            self._say(f"* {len(account.messages)} EXISTS")
        elif command == "UID" and words.startswith("SEARCH"):
            unseen = [str(uid) for uid in account.messages if uid not in account.seen]
            self._say(" ".join(["* SEARCH", *unseen]))
        elif command == "UID" and words.startswith("FETCH"):
            uid = int(words.split()[1])
            content = account.messages[uid]
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n")
        elif command == "UID" and words.startswith("STORE"):
            uid = int(words.split()[1])
            (account.deleted if "Deleted" in words else account.seen).add(uid)
        elif command == "CLOSE":
            for uid in account.deleted:
                account.messages.pop(uid, None)
        self._say(f"{tag} OK done")
        return command != "LOGOUT"


@contextmanager
def running(account: Account) -> Iterator[Account]:
    """Serve the account on a free port, in a thread."""
    handler = type("Conversation", (_Conversation,), {"account": account})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        account.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield account
        finally:
            server.shutdown()

"""E-mails that mail servers send back, as they look."""

from __future__ import annotations

HEADERS = """From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Mar 2026 09:00:00 +0000
MIME-Version: 1.0
"""

REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; wren@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no

--b
Content-Type: {kind}

From: nightlight@127.0.0.1
To: wren@example.org
Message-ID: <out-{uuid}@127.0.0.1>
Subject: Your shift

Hello
--b--
"""

QMAIL = """
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<wren@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""

AWAY = """Auto-Submitted: auto-replied
In-Reply-To: <out-{uuid}@127.0.0.1>
Content-Type: text/plain

I am away until Monday.
"""


def report(
    uuid: str, *, to: str = "nightlight@127.0.0.1", action: str = "failed", status: str = "5.1.1", whole: bool = True
) -> bytes:
    """A delivery report (RFC 3464) that returns the e-mail whole, or its headers alone."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    text = HEADERS.format(to=to) + REPORT.format(uuid=uuid, action=action, status=status, kind=kind)
    return text.replace("\n", "\r\n").encode()


def qmail(to: str) -> bytes:
    """What qmail sends, which is in no standard and names its e-mail by the envelope alone."""
    return (HEADERS.format(to=to).replace("Undelivered Mail Returned to Sender", "failure notice") + QMAIL).encode()


def away(uuid: str) -> bytes:
    """An answer that a program gave by itself. It is no failure."""
    return (HEADERS.format(to="nightlight@127.0.0.1") + AWAY.format(uuid=uuid)).encode()

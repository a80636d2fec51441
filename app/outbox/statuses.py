"""What the status codes of other mail servers (RFC 3463) say of an address."""

from __future__ import annotations

import re

STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

# The address takes no e-mail. A full mailbox (5.2.2), a suspicion of spam (5.7.1) and whatever a server may see
# otherwise tomorrow are no reason to give an address up.
HARD = frozenset({"5.0.0", "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4"})

"""Why an e-mail did not get out, in a sentence for administrators, from the code that is kept."""

from __future__ import annotations

import re

# A code is "smtp 550 at recipient", or the name of what went wrong on the way, such as "ConnectionRefusedError".
REPLY = re.compile(r"smtp (?P<number>\d{3})(?: at (?P<step>.+))?")

BY_STEP = {
    "greeting": "The mail server did not let Nightlight in.",
    "encryption": "The mail server did not agree on an encrypted connection.",
    "sign-in": "The mail server did not accept the user name and password of NIGHTLIGHT_MAIL_URL.",
    "sender": "The mail server does not take e-mails from this sender.",
    "recipient": "The mail server did not take the address.",
    "content": "The mail server did not take the e-mail.",
}
BY_NAME = {
    "ConnectionRefusedError": "Nothing answers at the address of the mail server.",
    "gaierror": "The name of the mail server is not known.",
    "TimeoutError": "The mail server did not answer in time.",
    "TimeIsUp": "The mail server was too slow.",
    "NotEncrypted": "The mail server offers no encryption, and the password is not sent without it.",
    "SSLCertVerificationError": "The certificate of the mail server is not valid for its name.",
    "ConnectionResetError": "The mail server closed the connection.",
    "BrokenPipeError": "The mail server closed the connection.",
    "SMTPServerDisconnected": "The mail server closed the connection.",
    "Restored": "Nightlight was restored from a backup, so this e-mail may have been sent before.",
    "Bounces": "Other e-mails to this address came back, so nothing more is sent to it.",
    "TurnedOff": "Its reader does not want e-mails of this kind.",
    "SMTPNotSupportedError": "The mail server does not take addresses in this script.",
}
ANY_REPLY = "The mail server refused the e-mail."
ANY_FAULT = "The e-mail could not be handed over."


def words_of(code: str | None) -> str:
    """Say what a code means, with the code itself in brackets, by which a mail provider can be asked."""
    if code is None:
        return ""
    reply = REPLY.fullmatch(code)
    if reply is None:
        return f"{BY_NAME.get(code, ANY_FAULT)} ({code})"
    return f"{BY_STEP.get(reply['step'] or '', ANY_REPLY)} ({reply['number']})"

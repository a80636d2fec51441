"""Handing an e-mail to a mail server: encryption, sign-in, limits of time, and whose fault a refusal is."""

from __future__ import annotations

import ssl
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.outbox import mail_transports
from app.outbox.mail_transports import EmailRefused, FileTransport, SmtpTransport, TransportFault
from tests.app.outbox.scripted_server import DROP, ScriptedServer, certificate, free_port, running

USER = "nightlight:a%20secret%2F"
# aiosmtpd takes a connection that was encrypted from the first byte for one that is not.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def script() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def server_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate, which this process trusts."""
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return context


def an_email(to: str = "wren@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Harbour Lane <nightlight@example.org>"
    made["To"] = to
    made["Subject"] = "Tomorrow"
    made["Message-ID"] = "<one@example.org>"
    made.set_content("See you tomorrow.\n.\nA line with a dot only is above.")
    return made


def send(url: str, *emails: EmailMessage) -> None:
    with SmtpTransport(url) as transport:
        for each in emails or (an_email(),):
            transport.send(each, name="one", before_content=lambda: None)


def fault_of(url: str) -> str:
    with pytest.raises(TransportFault) as raised:
        send(url)
    with pytest.raises(TransportFault) as checked, SmtpTransport(url) as transport:
        transport.check()
    assert checked.value.code == raised.value.code
    return raised.value.code


def test_several_emails_go_through_one_connection_as_they_were_written(script: ScriptedServer) -> None:
    with running(script) as server:
        send(server.url, an_email(), an_email("robin@example.org"))
    assert (script.recipients, script.connections) == (["wren@example.org", "robin@example.org"], 1)
    content = script.envelopes[0].content
    assert isinstance(content, bytes)
    assert b"See you tomorrow.\r\n.\r\nA line with" in content


def test_where_the_server_offers_starttls_everything_is_encrypted(
    script: ScriptedServer, server_context: ssl.SSLContext
) -> None:
    with running(script, tls_context=server_context) as server:
        send(server.url)
    assert script.was_encrypted == [True]


def test_a_server_that_requires_starttls_and_a_password_gets_both(
    script: ScriptedServer, server_context: ssl.SSLContext
) -> None:
    with running(script, tls_context=server_context, require_starttls=True, auth_required=True) as server:
        send(f"smtp://{USER}@127.0.0.1:{server.port}")
    assert (script.was_encrypted, script.logins) == ([True], ["nightlight"])


def test_smtps_is_encrypted_from_the_first_byte_and_signs_in(
    script: ScriptedServer, server_context: ssl.SSLContext
) -> None:
    with running(script, ssl_context=server_context, auth_required=True, auth_require_tls=False) as server:
        url = f"smtps://{USER}@127.0.0.1:{server.port}"
        send(url)
        with SmtpTransport(url) as transport:
            transport.check()
    assert script.logins == ["nightlight", "nightlight"]
    assert list(script.accepted.values()) == [1]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    script: ScriptedServer, tmp_path: Path, scheme: str
) -> None:
    context, _ = certificate(tmp_path)
    how = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    with running(script, **how) as server:  # type: ignore[arg-type]  # one of two options
        assert fault_of(f"{scheme}://127.0.0.1:{server.port}") == "SSLCertVerificationError"
    assert script.accepted == {}


def test_a_password_is_not_sent_unencrypted_to_another_machine(
    script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(script, auth_require_tls=False) as server:
        send(f"smtp://{USER}@127.0.0.1:{server.port}")
        assert script.logins == ["nightlight"]
        script.logins.clear()
        # Loopback stands in for the other machine.
        monkeypatch.setattr(mail_transports, "is_this_machine", lambda _host: False)
        assert fault_of(f"smtp://{USER}@127.0.0.1:{server.port}") == "NotEncrypted"
    assert script.logins == []


def test_a_wrong_password_is_a_fault_of_the_way(script: ScriptedServer) -> None:
    with running(script, auth_require_tls=False) as server:
        assert fault_of(f"smtp://nightlight:wrong@127.0.0.1:{server.port}") == "smtp 535 at sign-in"


def test_a_server_that_wants_a_password_we_do_not_have_is_a_fault_of_the_way(script: ScriptedServer) -> None:
    with running(script, auth_required=True, auth_require_tls=False) as server, pytest.raises(TransportFault) as raised:
        send(server.url)
    assert raised.value.code == "smtp 530 at sender"


def test_a_server_that_nobody_reaches_is_a_fault_of_the_way() -> None:
    assert fault_of(f"smtp://127.0.0.1:{free_port()}") == "ConnectionRefusedError"
    assert fault_of("smtp://mail.invalid") == "gaierror"


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("greeting", "554 No service here", "smtp 554 at greeting"),
        ("greeting", "421 Too many connections", "smtp 421 at greeting"),
        ("greeting", DROP, "SMTPServerDisconnected"),
        ("MAIL", "550 Not from you", "smtp 550 at sender"),
        ("MAIL", "451 Later", "smtp 451 at sender"),
        ("RCPT", "530 Authentication required", "smtp 530 at recipient"),
        ("RCPT", "421 Closing", "smtp 421 at recipient"),
        ("RCPT", DROP, "SMTPServerDisconnected"),
        ("DATA", "421 Closing", "smtp 421 at content"),
        ("DATA", DROP, "SMTPServerDisconnected"),
    ],
)
def test_an_answer_that_is_about_no_address_is_a_fault_of_the_way(
    script: ScriptedServer, step: str, answer: str, code: str
) -> None:
    script.always[step] = answer
    with running(script) as server, pytest.raises(TransportFault) as raised:
        send(server.url)
    assert raised.value.code in (code, "ConnectionResetError") if answer == DROP else raised.value.code == code


@pytest.mark.parametrize(
    ("step", "answer", "code", "is_final"),
    [
        ("RCPT", "550 No such person", "smtp 550 at recipient", True),
        ("RCPT", "450 Mailbox busy", "smtp 450 at recipient", False),
        ("DATA", "554 Over quota", "smtp 554 at content", False),
        ("DATA", "451 Later", "smtp 451 at content", False),
    ],
)
def test_an_answer_about_one_email_is_that_emails_and_the_next_goes_out(
    script: ScriptedServer, step: str, answer: str, code: str, is_final: bool
) -> None:
    script.next_answers[step] = [answer]
    with running(script) as server, SmtpTransport(server.url) as transport:
        with pytest.raises(EmailRefused) as raised:
            transport.send(an_email(), name="one", before_content=lambda: None)
        transport.send(an_email("robin@example.org"), name="two", before_content=lambda: None)
    assert (raised.value.code, raised.value.is_final) == (code, is_final)
    assert (script.recipients, script.connections) == (["robin@example.org"], 1)


def test_a_connection_that_the_server_closed_between_two_emails_is_opened_again(script: ScriptedServer) -> None:
    script.next_answers["MAIL"] = ["250 OK", "421 Enough for one connection"]
    with running(script) as server:
        send(server.url, an_email(), an_email("robin@example.org"))
    assert (script.recipients, script.connections) == (["wren@example.org", "robin@example.org"], 2)


def test_nothing_is_handed_over_when_the_sender_may_no_longer(script: ScriptedServer) -> None:
    class LateError(Exception):
        pass

    def too_late() -> None:
        raise LateError

    with running(script) as server, SmtpTransport(server.url) as transport:
        with pytest.raises(LateError):
            transport.send(an_email(), name="one", before_content=too_late)
        transport.send(an_email("robin@example.org"), name="two", before_content=lambda: None)
    assert script.recipients == ["robin@example.org"]


def test_an_address_in_another_script_needs_a_server_that_takes_it(script: ScriptedServer) -> None:
    with running(script, enable_SMTPUTF8=False) as server:
        with pytest.raises(EmailRefused) as raised:
            send(server.url, an_email("мышь@example.org"))
        assert raised.value.is_final
    with running(script, enable_SMTPUTF8=True) as server:
        send(server.url, an_email("мышь@example.org"))
    assert script.recipients == ["мышь@example.org"]


def test_a_server_that_answers_each_step_just_in_time_is_left_when_all_steps_together_take_too_long(
    script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_transports, "PHASE_LIMIT", 0.5)
    script.pause = 0.2  # greeting, EHLO, MAIL and RCPT: 0.8 seconds
    with running(script) as server:
        began = time.monotonic()
        assert fault_of(server.url) in ("TimeIsUp",)
        assert time.monotonic() - began < 60  # it ends at all; a server may spread its answers for ever
    assert "DATA" not in script.tried


def test_a_process_that_was_suspended_between_two_steps_sends_nothing_more(
    script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(script) as server, SmtpTransport(server.url) as transport:
        transport.send(an_email(), name="one", before_content=lambda: None)
        # The limit is over before the next command, as after a long sleep.
        monkeypatch.setattr(mail_transports, "PHASE_LIMIT", 0.0)
        with pytest.raises(TransportFault, match="TimeIsUp"):
            transport.send(an_email("robin@example.org"), name="two", before_content=lambda: None)
    assert script.recipients == ["wren@example.org"]


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_way(tmp_path: Path) -> None:
    taken = tmp_path / "mail"
    taken.write_text("a file, where the folder should be")
    with FileTransport(taken) as transport:
        with pytest.raises(TransportFault, match="FileExistsError"):
            transport.send(an_email(), name="one", before_content=lambda: None)
        with pytest.raises(TransportFault, match="FileExistsError"):
            transport.check()

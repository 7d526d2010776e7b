"""One letter by SMTP. Blocking: used on threads."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from hashlib import sha256

from config.outgoing import MailServer, Security
from runtime.outgoing.failures import NotSent
from storage.outgoing import Letter

TIMEOUT_S = 20.0


def compose(letter: Letter, key: str, sender: str) -> EmailMessage:
    """The same letter has the same Message-ID whenever it is sent: a server that got it twice may
    drop one."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    for file in letter.attachments:
        main, _, sub = file.kind.partition("/")
        charset = {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(
            file.data, maintype=main, subtype=sub, filename=file.name, params=charset
        )
    return message


def send_letter(letter: Letter, key: str, server: MailServer | None) -> None:
    """Returns when the server has taken it for everybody. Raises NotSent."""
    if server is None:
        raise NotSent("no mail server is configured (outgoing.yaml)")
    message = compose(letter, key, server.sender)
    try:
        with _connect(server) as smtp:
            if server.user:
                smtp.login(server.user, server.secret)
            refused = smtp.send_message(message, server.sender, list(letter.to))
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error.recipients) from error
    except smtplib.SMTPResponseException as error:
        why = error.smtp_error
        said = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise NotSent(f"the mail server says {error.smtp_code} {said}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"mail server {server.host}:{server.port}: {error}") from error
    if refused:
        raise _refused(refused)


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.security is Security.STARTTLS:
        try:
            smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
    return smtp


def _refused(recipients: dict[str, tuple[int, bytes]]) -> NotSent:
    """A part that was refused is named; sent again, those who have it would get it twice."""
    words = "; ".join(
        f"{who}: {code} {said.decode('utf-8', 'replace')}"
        for who, (code, said) in recipients.items()
    )
    return NotSent(
        f"refused for {words}", never=all(code >= 500 for code, _ in recipients.values())
    )

"""Mail by SMTP. Addresses come from the config; a person without one is told as a failure, never guessed."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import formatdate

from ...errors import TrackerError, TrackerUncertain, TrackerUnreachable


class MailChannel:
    """``addresses`` by people's names; ``security`` is starttls, tls or none; ``timeout`` in seconds."""

    def __init__(
        self, host: str, port: int, sender: str, addresses: Mapping[str, str], security: str = "starttls", user: str = "",
        password: Callable[[], str] | None = None, timeout: float = 20.0,
    ) -> None:  # fmt: skip
        if not host or not sender:
            raise TrackerError(
                "the mail server or sender is not set",
                where="mail",
                fix="Set host and sender in [reminders].",
            )
        self.host, self.port, self.sender, self.security = host, port, sender, security
        self.user, self._password, self.timeout = user, password, timeout
        self.addresses = {name.lstrip("@").lower(): address for name, address in addresses.items()}

    def tell(self, person: str, subject: str, text: str, key: str) -> None:
        """Send one mail. Its Message-ID is the same for the same message, so that a second copy is dropped."""
        to = self.addresses.get(person.lstrip("@").lower())
        if not to:
            raise TrackerError(
                f"there is no address of {person or 'nobody in particular'}",
                where="mail",
                fix="Add it to [addresses].",
            )
        mail = EmailMessage()
        try:
            mail["From"], mail["To"], mail["Subject"] = self.sender, to, " ".join(subject.split())
        except (ValueError, IndexError):
            raise TrackerError(
                f"the address {to!r} is not valid", where="mail", fix="Check [addresses]."
            ) from None
        mail["Date"] = formatdate(localtime=False)
        domain = self.sender.rpartition("@")[2].strip("> ") or "localhost"
        mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        server = self._connect()
        try:
            server.send_message(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise TrackerError(
                f"the mail server refuses: {_words(error)}", where="mail", fix="Check sender and address."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TrackerUncertain("the mail server gave no answer") from error
        finally:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP | None = None
        try:
            if self.security == "tls":
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user and self._password is not None:
                server.login(self.user, self._password())
            return server
        except smtplib.SMTPAuthenticationError:
            raise TrackerError(
                "the mail server does not accept the password", where="mail", fix="Check SMTP_PASSWORD."
            ) from None
        except (smtplib.SMTPNotSupportedError, ssl.SSLError):
            raise TrackerError(
                f"the mail server does not speak {self.security} with a valid certificate",
                where="mail",
                fix="Set security in [reminders].",
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TrackerUnreachable(f"the mail server {self.host}:{self.port} cannot be reached") from error


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(str(code) for code, _ in error.recipients.values())
    return str(getattr(error, "smtp_code", "")) or type(error).__name__

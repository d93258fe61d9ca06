"""Mail servers of common providers, as they publish them."""

from dataclasses import dataclass

from billdesk.core.domain.settings import MailSecurity
from billdesk.ui.text import tr


@dataclass(frozen=True)
class Preset:
    """``domains`` are the ends of addresses that belong to the provider."""

    key: str
    title: str
    host: str
    port: int
    security: MailSecurity
    hint: str
    domains: tuple[str, ...] = ()


def presets() -> tuple[Preset, ...]:
    """The providers in the order they are offered."""
    start, tls = MailSecurity.STARTTLS, MailSecurity.TLS
    app_password = tr(
        "Your usual password does not work here: make an app password in the security settings "
        "of your account and enter that."
    )
    browser_only = tr(
        "Microsoft has switched off password login for most accounts, and BillDesk cannot log in "
        "through the browser. If the test mail is refused, use another provider, or save mails "
        "as files for your mail program."
    )
    return (
        Preset(
            "gmail",
            "Gmail",
            "smtp.gmail.com",
            587,
            start,
            app_password,
            ("gmail.com", "googlemail.com"),
        ),
        Preset(
            "microsoft",
            "Outlook / Microsoft 365",
            "smtp.office365.com",
            587,
            start,
            browser_only,
            ("outlook.com", "hotmail.com", "live.com"),
        ),
        Preset(
            "icloud",
            "iCloud",
            "smtp.mail.me.com",
            587,
            start,
            app_password,
            ("icloud.com", "me.com", "mac.com"),
        ),
        Preset(
            "fastmail",
            "Fastmail",
            "smtp.fastmail.com",
            465,
            tls,
            app_password,
            ("fastmail.com", "fastmail.fm"),
        ),
        Preset(
            "gmx",
            "GMX",
            "mail.gmx.net",
            587,
            start,
            tr("Allow POP3 and IMAP in the settings of your GMX mailbox first."),
            ("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        ),
        Preset(
            "posteo",
            "Posteo",
            "posteo.de",
            465,
            tls,
            tr("Use the password of your mailbox."),
            ("posteo.de", "posteo.net", "posteo.eu"),
        ),
        Preset(
            "own",
            tr("Another server"),
            "",
            587,
            start,
            tr("Ask your provider for the server, port and encryption of outgoing mail (SMTP)."),
        ),
    )


def preset_of(host: str) -> Preset:
    """The provider a server belongs to; "another" when it is none of them."""
    found = [preset for preset in presets() if preset.host == host.strip().lower()]
    return found[0] if found else presets()[-1]


def preset_for_address(address: str) -> Preset | None:
    """The provider of an address, by what stands behind the @."""
    domain = address.rpartition("@")[2].strip().lower()
    return next((preset for preset in presets() if domain in preset.domains), None)

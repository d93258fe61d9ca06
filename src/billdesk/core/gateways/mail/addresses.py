"""Mail addresses: enough checking to catch a slip, and domain names in the form mail uses."""

import idna

from billdesk.core.domain.errors import UserError

# RFC 5321, 4.5.3.1.
_LOCAL_LENGTH = 64
_ADDRESS_LENGTH = 254
_FORBIDDEN = frozenset('()<>[]:;,\\"')


def check_address(address: str, field: str | None = None) -> str:
    """The address with its domain in ASCII (``müller.de`` as ``xn--mller-kva.de``).

    The part before the @ may hold any letters; one that is not ASCII needs a server with
    SMTPUTF8. Raises ``UserError`` about ``field`` for anything that cannot be an address.
    """
    stripped = address.strip()
    local, at, domain = stripped.rpartition("@")
    if not (at and local and domain):
        raise UserError(
            f"“{_shown(stripped)}” is not a mail address; write it like name@example.com.",
            field=field,
        )
    odd = any(character.isspace() or not character.isprintable() for character in stripped)
    # The standard library would decode an encoded word (RFC 2047), line breaks in it included.
    odd = odd or "=?" in stripped
    if odd or _FORBIDDEN & set(stripped) or "@" in local or "." in (local[0], local[-1]):
        raise UserError(
            f"“{_shown(stripped)}” holds characters a mail address cannot have.", field=field
        )
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None:
        raise UserError(
            f"“{_shown(domain)}” is not a domain name; it looks like example.com.", field=field
        )
    complete = f"{local}@{ascii_domain}"
    if len(local.encode()) > _LOCAL_LENGTH or len(complete.encode()) > _ADDRESS_LENGTH:
        raise UserError(f"“{_shown(stripped)}” is too long for a mail address.", field=field)
    return complete


def _ascii_domain(domain: str) -> str | None:
    if domain.lower() == "localhost":
        return "localhost"
    if "." not in domain:
        return None
    try:
        # uts46 maps upper case and wide characters as browsers do.
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def _shown(text: str) -> str:
    """``text`` without anything that could break a line on the screen."""
    printable = "".join(c if c.isprintable() else "�" for c in text)
    return printable if len(printable) <= 80 else f"{printable[:79]}…"

"""How this computer reaches services on the Internet, where the network has rules of its own."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from billdesk.core.domain.errors import UserError


@dataclass(frozen=True, slots=True)
class NetworkWay:
    """``proxy`` is an address like ``http://proxy.office:3128``; empty: as the system says.

    ``system_certificates``: trust what this computer trusts besides the certificates that come
    with BillDesk, as where a company's proxy reads the traffic.
    """

    proxy: str = ""
    system_certificates: bool = False


def check_way(way: NetworkWay) -> NetworkWay:
    """``way`` with its proxy trimmed. Raises ``UserError`` for an address that will not do."""
    proxy = way.proxy.strip()
    if proxy:
        _check_proxy(proxy)
    return NetworkWay(proxy, way.system_certificates)


def _check_proxy(proxy: str) -> None:
    try:
        parts = urlsplit(proxy)
        port = parts.port
    except ValueError:
        raise _not_a_proxy() from None
    if "@" in parts.netloc:
        raise UserError(
            "A proxy's password is not kept in a file. Set it for the whole system (HTTPS_PROXY) "
            "and leave this empty.",
            field="proxy",
        )
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or not port or not plain:
        raise _not_a_proxy()


def _not_a_proxy() -> UserError:
    return UserError(
        "Write the proxy with its port, like http://proxy.office.example:3128.", field="proxy"
    )

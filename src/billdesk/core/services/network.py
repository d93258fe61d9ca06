"""How this computer reaches Stripe; a setting of the desk, not of a company."""

from pathlib import Path

from billdesk.core.domain.network_way import NetworkWay, check_way
from billdesk.core.gateways.network import read_way, write_way
from billdesk.core.services.stripe.connection import StripeConnector


class NetworkService:
    """Needs no transaction on the books."""

    def __init__(self, folder: Path, stripe: StripeConnector) -> None:
        self._folder = folder
        self._stripe = stripe

    def way(self) -> NetworkWay:
        """What is chosen. Raises ``UserError`` for a file that cannot be understood."""
        return read_way(self._folder)

    def choose(self, way: NetworkWay) -> None:
        """Go ``way`` from the next request on. Raises ``UserError``."""
        write_way(self._folder, check_way(way))
        self._stripe.open_anew()

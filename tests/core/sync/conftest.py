"""What the tests of the workers share."""

import urllib.request
from collections.abc import Callable

import pytest


@pytest.fixture
def open_pay_page() -> Callable[[str], str]:
    """Visits a pay page as a browser does, without paying; the page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def visit(url: str) -> str:
        with opener.open(url, timeout=10) as answer:
            return str(answer.read(), "utf-8")

    return visit

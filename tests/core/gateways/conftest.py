"""What the gateway tests share."""

import urllib.request
from collections.abc import Callable

import pytest


@pytest.fixture
def open_page() -> Callable[[str], None]:
    """Visits a page as a customer's browser does, without any proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def visit(url: str) -> None:
        with opener.open(url, timeout=10) as answer:
            answer.read()

    return visit

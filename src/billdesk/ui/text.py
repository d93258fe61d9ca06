"""Every text of the window passes through here, so that catalogues can replace it."""

import gettext
from functools import cache

from billdesk.resources import locate


@cache
def _catalogue() -> gettext.NullTranslations:
    # fallback=True: without a catalogue for the user's language the English text stands.
    return gettext.translation("billdesk", localedir=str(locate("translations")), fallback=True)


def tr(message: str) -> str:
    """The text in the user's language."""
    return _catalogue().gettext(message)


def trn(singular: str, plural: str, count: int) -> str:
    """The text for ``count`` things, with ``{count}`` filled in."""
    return _catalogue().ngettext(singular, plural, count).format(count=count)

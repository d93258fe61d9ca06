"""Tool tips that show texts of users and customers as they are written."""

from html import escape


def plain_tool_tip(text: str) -> str:
    """``text`` so that a tool tip shows it letter by letter.

    Qt takes a tool tip that looks like HTML for HTML: a customer's name could hide itself, or have
    pictures loaded. Without a ``<`` it never does.
    """
    if "<" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>'

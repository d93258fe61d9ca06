"""XML from outside: no document types, no entities, no network, bounded."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from billdesk.core.gateways.bank.values import refuse


def parse_xml(data: bytes) -> Element:
    """The root of ``data``. Raises ``UserError`` for what is damaged or could do harm."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        # Entities can grow a small file to gigabytes or read files of this computer.
        raise refuse("it defines XML entities, which no bank does. Do not open it.") from None
    except ParseError as error:
        line = error.position[0]
        raise refuse(f"the file is damaged or cut off (line {line:,}). Fetch it again.") from None
    except (LookupError, ValueError):
        raise refuse("its encoding is not one BillDesk knows. Fetch it again.") from None
    return root


def first(element: Element | None, *paths: str) -> Element | None:
    """The first element at one of ``paths`` (``A/B``), in whatever namespace."""
    if element is not None:
        for path in paths:
            found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
            if found is not None:
                return found
    return None


def every(element: Element | None, path: str) -> list[Element]:
    """All elements at ``path``, in whatever namespace."""
    if element is None:
        return []
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def text_at(element: Element | None, *paths: str) -> str:
    """The text at the first of ``paths`` that has one, without blanks around it."""
    for path in paths:
        found = first(element, path)
        if found is not None and found.text and found.text.strip():
            return found.text.strip()
    return ""

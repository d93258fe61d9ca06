"""Text files of banks, which do not say how they are encoded."""

import codecs

from billdesk.core.gateways.bank.values import refuse

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> tuple[str, str]:
    """The text of ``data`` and the encoding it was in.

    UTF-8 cannot be mistaken for anything else; what is not UTF-8 is taken as Windows-1252, which
    European banks write otherwise. Raises ``UserError`` for what is no text.
    """
    if data.startswith(_UTF_16):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise refuse("it is not a text file.")

"""How a person is written: one name for what looks the same."""

from __future__ import annotations

import re
import unicodedata


def plain_name(written: str) -> str:
    r"""Return a name as it is seen: letters whole, without characters that cannot be seen, single spaces.

    An umlaut may be one letter or two, and sheets carry zero-width spaces along: one person would become two.

    Examples
    --------
    >>> plain_name(" An\u200bna\u00a0 M. "), plain_name("Zoe\u0308") == "Zo\u00eb"
    ('Anna M.', True)
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", written) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", seen).strip()

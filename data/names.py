"""How a name is written: one for what looks the same, and the nearest to one that is not known."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

SHOWN = 4
"""Known names that are told where none is near."""
_OTHER = 3


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


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Return the known name that was most likely meant, None where none is near.

    First comes one that differs in capitals, invisible characters and leading zeros alone, then one that
    begins with what was written, then one that holds it, then the one at the smallest edit distance, at most
    half of the letters; among equals the first.

    Examples
    --------
    >>> nearest("sim-001", ["sim-0019", "sim-0010", "sim-0001"])
    'sim-0001'
    >>> nearest("sleep", ["steps", "sleep_quality_score", "sleep_h"]), nearest("me", ["p01", "p02"])
    ('sleep_h', None)
    >>> nearest("rpe", ["srpe", "session_rpe"]), nearest("0007", ["sim-0017", "sim-0007"])
    ('srpe', 'sim-0007')
    """
    wanted = _folded(written)
    letters = Counter(wanted)
    best, found = (_OTHER, (len(wanted) + 1) // 2 + 1), None
    for name in known:
        folded = _folded(name)
        kind = _likeness(wanted, folded)
        # At least so many letters must change; that is quick, and most names are further off than the best.
        least = max(len(wanted), len(folded)) - (letters & Counter(folded)).total()
        if (kind, least) < best and (rank := (kind, edit_distance(wanted, folded))) < best:
            best, found = rank, name
    return found


def nearest_text(written: str, known: Iterable[str], none: str) -> str:
    """Return what to tell who wrote a name that is not known: the nearest, else some that are, `none` where there is none.

    Examples
    --------
    >>> nearest_text("p1", ["p01", "p02"], "it holds nobody"), nearest_text("me", ["p01", "p02"], "")
    ("the nearest is 'p01'", "there are 'p01', 'p02'")
    """
    names = list(known)
    near = nearest(written, names)
    if near is not None:
        return f"the nearest is {near!r}"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"there are {', '.join(map(repr, names[:SHOWN]))}{more}" if names else none


def edit_distance(one: str, other: str) -> int:
    """Return how many letters must be put in, taken out or changed to make one of the other (Levenshtein 1966).

    Examples
    --------
    >>> edit_distance("format", "fromat"), edit_distance("", "abc")
    (2, 3)
    """
    row = list(range(len(other) + 1))
    for done, letter in enumerate(one, start=1):
        before, row[0] = row[0], done
        for place, against in enumerate(other, start=1):
            change = before + (letter != against)
            before = row[place]
            row[place] = min(change, before + 1, row[place - 1] + 1)
    return row[-1]


def _likeness(wanted: str, name: str) -> int:
    """Return how a folded name is like the wanted one: 0 the same, 1 begins with it, 2 holds it, else `_OTHER`."""
    if not wanted or wanted not in name:
        return _OTHER
    return 0 if name == wanted else 1 if name.startswith(wanted) else 2


def _folded(name: str) -> str:
    """Return a name without capitals and leading zeros."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", plain_name(name).casefold())


def counted(number: int, one: str, many: str = "") -> str:
    """Return ``1 person``, ``2 people``; ``many`` where it is not `one` with an s.

    Examples
    --------
    >>> counted(1, "value"), counted(2_000, "value"), counted(2, "person", "people")
    ('1 value', '2,000 values', '2 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"

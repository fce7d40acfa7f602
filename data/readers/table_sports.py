"""Which sport a word means, in a sheet or an activity file; what is not known is asked or told, never lost silently."""

from __future__ import annotations

import re

REST = "rest"
"""In place of a sport: a row that says that nothing was done."""

# the first that fits counts: cross-country skiing and strides name other sports in passing
_PATTERNS: dict[str, str] = {
    REST: r"^\W*((complete|full|total) )?(rest|off|day off|ruhe|frei|pause|repos|descanso|riposo|folga|hvile|vila|vilo|rust)[ -]?(day|tag|dag)?\W*$",
    "other": r"\bski|langlauf|eislauf|\byoga|\bpilates|\browing|\brudern|\btennis|\bstretch|\bmobility|\bcross ?train|\belliptical|^other$",
    "running": r"\brun|\btrail|\bjog|lauf|\bstrides|\bfartlek|\bcourse|\bfooting|\bcorsa|\bcorrida|\bcarrera|\bl[oö]p|\bl[oø]p|\bhardlo+p|\bbieg|\bjuoks",
    "cycling": r"ride|bike|\bbik|cycl|\brad|\bv[eé]lo|\bbici|\bcicli|\bfiets|\bsykl|\bcykel|\bspinning",
    "swimming": r"swim|schwimm|\bnatation|\bnataci[oó]n|\bnuoto|\bnata[cç]|\bzwem|\bsv[oø]m|\bsim(ning|ma|met)?\b",
    "walking": r"walk|\bhik|\bwander|\bmarche|\brandonn|\bsenderis|\bcaminata|\bcamminata|\bwandel|\bturgåing",
    "strength": r"strength|weight|kraft|\bgym|\bmuscu|\bfuerza|\bpesas|\bforza|\bmuscula|\bstyrk",
    "football": r"football|soccer|fu(ss|ß)ball|\bcalcio|\bf[uú]tbol|\bfutebol|\bvoetbal|\bfotball|\bfotboll",
}


def sport_meant(word: str) -> str | None:
    """Return the sport that a word means, `REST` where it is none, None where it is not known.

    Examples
    --------
    >>> sport_meant("Easy run"), sport_meant("Strides"), sport_meant("Ruhetag"), sport_meant("Tempo")
    ('running', 'running', 'rest', None)
    >>> sport_meant("Off-road running"), sport_meant("Run after a rest day"), sport_meant("Simulation")
    ('running', 'running', None)
    """
    folded = word.casefold()
    return next((sport for sport, pattern in _PATTERNS.items() if re.search(pattern, folded)), None)


def named_sport(word: str, notes: list[str]) -> str:
    """Return the sport that an activity file names in words of its own, "other" where it is none; adds what to tell."""
    sport = sport_meant(word)
    if not word:
        notes.append("the file names no sport: taken as 'other'")
    elif sport is None:
        notes.append(f"the file names a sport that is not known, {word[:30]!r}: taken as 'other'")
    return sport if sport not in (None, REST) else "other"

"""Which sport Polar means, by the word of its export or by the number of Polar Flow's list of sports.

Polar names no number in the export itself. The names are those of the list that Polar Flow's settings showed, as
programs that read real exports give it; of 1, 2, 3, 11, 15, 17, 18, 27, 38, 39, 50 and 83 several agree.
"""

from __future__ import annotations

import re

from ..recording import sport_of
from .table_sports import named_sport

_NAMED = """
1 Running, 2 Cycling, 3 Walking, 4 Jogging, 5 Mountain biking, 6 Skiing, 7 Downhill skiing, 8 Rowing, 9 Nordic walking, 10 Skating,
11 Hiking, 12 Tennis, 13 Squash, 14 Badminton, 15 Strength training, 16 Other outdoor, 17 Treadmill running, 18 Indoor cycling,
19 Road running, 20 Circuit training, 22 Snowboarding, 23 Swimming, 24 Freestyle XC skiing, 25 Classic XC skiing, 27 Trail running,
28 Ice skating, 29 Inline skating, 30 Roller skating, 32 Group exercise, 33 Yoga, 34 Crossfit, 35 Golf, 36 Track running,
38 Road cycling, 39 Soccer, 40 Cricket, 41 Basketball, 42 Baseball, 43 Rugby, 44 Field hockey, 45 Volleyball, 46 Ice hockey,
47 Football, 48 Handball, 49 Beach volley, 50 Futsal, 51 Floorball, 52 Dancing, 53 Trotting, 54 Riding, 55 Cross-trainer,
56 Fitness martial arts, 57 Functional training, 58 Bootcamp, 59 Freestyle roller skiing, 60 Classic roller skiing, 61 Aerobics,
62 Aqua fitness, 63 Step workout, 64 Body and mind, 65 Pilates, 66 Stretching, 67 Fitness dancing, 68 Triathlon, 69 Duathlon,
70 Off-road triathlon, 71 Off-road duathlon, 83 Other indoor, 84 Orienteering, 85 Ski orienteering, 86 Mountain bike orienteering,
87 Biathlon, 90 Disc golf, 91 Table tennis, 92 Ultra running, 94 Climbing, 95 Kayaking, 96 Canoeing, 103 Pool swimming,
105 Open water swimming, 109 Boxing, 110 Kickboxing, 111 Mobility, 113 Backcountry skiing, 114 Gymnastics, 116 Snowshoe trekking,
117 Indoor rowing, 118 Spinning, 126 Core, 127 Mobility
"""
_NAMES = dict(re.findall(r"(\d+) ([^,\n]+)", _NAMED))
# Polar calls the game with the round ball soccer; nobody runs in water as on land.
_OTHERS = frozenset(
    {"football", "water running", "other", "other outdoor", "other indoor", "triathlon", "duathlon"}
)


def sport_meant_by(sport: object, notes: list[str]) -> str:
    """Return the canonical sport of what an export writes, "other" where it is none; adds what to tell.

    Parameters
    ----------
    sport : object
        A word such as ``TRAIL_RUNNING``, or ``{"id": "27"}``.
    notes : list of str
        Gets a sentence where the sport is not known, with its name or number.

    Examples
    --------
    >>> notes = []
    >>> [sport_meant_by(s, notes) for s in ("TRAIL_RUNNING", {"id": "38"}, "FOOTBALL", {"id": "50"})], notes
    (['running', 'cycling', 'other', 'football'], [])
    >>> sport_meant_by({"id": "999"}, notes), notes
    ('other', ["the file names a sport that is not known, 'number 999 of Polar': taken as 'other'"])
    """
    told = sport.get("id") if isinstance(sport, dict) else sport
    word = "" if told is None else str(told).strip()
    if word.isdecimal():
        word = _NAMES.get(word, f"number {word} of Polar")
    word = word.replace("_", " ").lower()
    if word in _OTHERS:
        return "other"
    return sport_of(word) or named_sport(word.replace("polar", "Polar"), notes)

"""The same activity recorded twice, as by a watch and by a phone, becomes one.

Two activities are the same where the athlete is, the clock says so, the sports agree, and how long and how
far do. Where one has no start, as in many diaries and in TrainingPeaks' list, the day stands for the clock and
size must agree closer. Of those, the richest record stays and takes from the others what it lacks. A walk that a watch
noticed by itself is the same as any recording of most of its time, of whatever sport and size. The result depends on
the set of activities alone, never on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from .arrays import Floats
from .names import counted
from .schema import ACTIVITIES, BY_HAND, DETECTED, RECORDS, SAID_BY_HAND
from .table_sessions import tellers

START_S = 120.0  # two watches are not started at the same second
OVERLAP = 0.8  # of the shorter of the two
SIMILAR = 0.8  # shorter over longer, of durations and of distances
ALIKE = 0.9  # the same, where only the day is known
NOTICED = 0.5  # of a walk that a watch noticed by itself, where something else was recorded
ONE_START_S = 1.0  # nobody starts two recordings of one sport in a second: the shorter was cut off
_RECORDED = r"(?:^|\+)(?:fit|gpx|tcx)(?:\+|$)"
ALIGNED_MS = 1_000  # a sample taken over from another device is at most this far off in time

_OPEN = {"", "other"}  # sports that agree with any
_NO_MEASURE = {"activity_id", "athlete_id", "day", "start_time", "source"}
# Coordinates do not count: a record must not win because its reader was told to keep them.
_SAMPLES = [
    c for c in RECORDS.names if c not in (*RECORDS.key, "athlete_id", "latitude_deg", "longitude_deg")
]
# Distance and speed of another device would contradict the track that is kept.
_SENSORS = [c for c in _SAMPLES if c not in ("distance_m", "speed_mps")]


def same_pairs(activities: pd.DataFrame) -> np.ndarray:
    """Return the pairs of rows that tell of the same activity, as positions of shape (n, 2)."""
    return np.concatenate((_same_by_clock(activities), _same_by_day(activities)))


def _same_by_clock(activities: pd.DataFrame) -> np.ndarray:
    """Return the pairs of activities whose starts are known.

    The same athlete; started within 2 minutes of each other, or overlapping by more than 80 % of the
    shorter; sports equal, or one of them absent or 'other'; durations and distances, where both are
    known, within 20 % (of those started together, elapsed or moving time). Two recordings that started in the same
    second need not agree in size: one was cut off. A walk that a watch noticed by itself need only lie by half in the other's time.
    """
    known = np.flatnonzero(activities["start_time"].notna())
    who = pd.factorize(activities["athlete_id"].iloc[known])[0]
    start = activities["start_time"].iloc[known].to_numpy("datetime64[us]").astype(np.int64) / 1e6
    order = np.lexsort((start, who))
    known, who, start = known[order], who[order], start[order]
    rows = activities.iloc[known]
    elapsed, moving, distance = (
        rows[c].to_numpy(float) for c in ("duration_s", "moving_time_s", "distance_m")
    )
    length = np.nan_to_num(np.where(np.isnan(elapsed), moving, elapsed))
    sport = pd.factorize(rows["sport"].fillna("").replace("other", ""))[0]
    open_sport = rows["sport"].fillna("").isin(_OPEN).to_numpy()
    source = rows["source"].fillna("")
    recorded = source.str.contains(_RECORDED, regex=True).to_numpy(dtype=bool)
    noticed, noted = (source == DETECTED).to_numpy(), (source == BY_HAND).to_numpy()
    reach = start + np.maximum(length, START_S)
    found, left, step = [], np.arange(len(rows)), 1
    while len(left):  # starts are sorted, so whoever reaches nobody at this step reaches nobody further on
        left = left[left + step < len(rows)]
        right = left + step
        near = (who[left] == who[right]) & (start[right] <= reach[left])
        left, right = left[near], right[near]
        shared = np.minimum(start[left] + length[left], start[right] + length[right]) - start[right]
        shorter = np.minimum(length[left], length[right])
        together = start[right] - start[left] <= START_S
        close = together | ((shared > OVERLAP * shorter) & (shorter > 0))
        agree = (sport[left] == sport[right]) | open_sport[left] | open_sport[right]
        # Started together, one source may give elapsed time where the other gives moving time. Else a short
        # walk within a long outing of little movement would pass for it.
        either = _longest_ratio((elapsed[left], moving[left]), (elapsed[right], moving[right]))
        lasts = np.where(together, either, _ratio(length[left], length[right]))
        alike = ~(lasts < SIMILAR) & ~(_ratio(distance[left], distance[right]) < SIMILAR)
        cut_off = recorded[left] & recorded[right] & (start[right] - start[left] <= ONE_START_S)
        same = close & agree & (alike | cut_off)
        for walk, other in ((left, right), (right, left)):
            mostly = shared > NOTICED * length[walk]
            same |= noticed[walk] & ~noticed[other] & ~noted[other] & mostly
        found.append(np.column_stack((left[same], right[same])))
        step += 1
    return known[np.concatenate(found)] if found else np.empty((0, 2), dtype=np.intp)


def _same_by_day(activities: pd.DataFrame) -> np.ndarray:
    """Return the pairs of activities of which one has no start or neither has.

    The same athlete, day and sport, told by different sources or sheets; durations, and distances where both are known,
    within 10 %. Each has one double at most in another source, the most alike: of two commutes a day both stay.
    """
    none = np.empty((0, 2), dtype=np.intp)
    sport, source = activities["sport"].fillna(""), tellers(activities)
    usable = (~sport.isin(_OPEN) & (source != "")).to_numpy()
    startless = activities["start_time"].isna().to_numpy() & usable
    if not startless.any() or source[usable].nunique() < 2:
        return none
    keys = ["athlete_id", "day", "sport"]
    columns = [*keys, "activity_id", "source", "duration_s", "moving_time_s", "distance_m"]
    rows = activities[columns].assign(at=np.arange(len(activities)), startless=startless, source=source)
    pairs = rows[startless].merge(rows[usable], on=keys, suffixes=("", "_2"))
    pairs = pairs[
        (pairs["source"] != pairs["source_2"]) & ~(pairs["startless_2"] & (pairs["at"] > pairs["at_2"]))
    ]
    one, other = (
        [pairs[c + which].to_numpy(float) for c in ("duration_s", "moving_time_s")] for which in ("", "_2")
    )
    lasts = _longest_ratio(one, other)
    far = np.nan_to_num(
        _ratio(pairs["distance_m"].to_numpy(float), pairs["distance_m_2"].to_numpy(float)), nan=1.0
    )
    pairs = pairs.assign(likeness=lasts * far)[(lasts >= ALIKE) & (far >= ALIKE)]
    pairs = pairs.sort_values(["likeness", "activity_id", "activity_id_2"], ascending=[False, True, True])
    taken: set[tuple[int, str]] = set()
    found = []
    told = ["at", "source", "at_2", "source_2"]
    for at, source, at_2, source_2 in pairs[told].itertuples(index=False):
        if (at, source_2) not in taken and (at_2, source) not in taken:
            taken |= {(at, source_2), (at_2, source)}
            found.append((at, at_2))
    return np.array(found, dtype=np.intp) if found else none


def _longest_ratio(one: Sequence[Floats], other: Sequence[Floats]) -> Floats:
    """Return the greatest ratio of a length of one to a length of the other: sources give elapsed time or moving time."""
    return np.asarray(np.fmax.reduce([_ratio(a, b) for a in one for b in other]))


def _ratio(a: Floats, b: Floats) -> Floats:
    """Return the lesser over the greater; NaN where one is absent or zero, which tells nothing."""
    both = (a > 0) & (b > 0)
    ratio = np.full(len(a), np.nan)
    ratio[both] = np.minimum(a, b)[both] / np.maximum(a, b)[both]
    return ratio


def find_leaders(activities: pd.DataFrame, records: pd.DataFrame) -> dict[str, str]:
    """Return, for every activity that has a double, the id of the one that stays."""
    pairs = same_pairs(activities)
    involved = np.unique(pairs)
    rows = activities.iloc[involved].set_index("activity_id")
    ranked = _by_richness(rows, records)
    ids = activities["activity_id"].to_numpy(dtype=object)
    near: dict[str, list[str]] = {}
    for a, b in zip(ids[pairs[:, 0]], ids[pairs[:, 1]], strict=True):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    sports = rows["sport"].fillna("").replace("other", "").mask(rows["source"] == DETECTED, "").to_dict()
    place = {a: n for n, a in enumerate(ranked)}
    leaders: dict[str, str] = {}
    for leader in ranked:
        if leader in leaders:
            continue
        # Only its own doubles follow a leader: doubles of doubles would chain a whole day together.
        sport = sports[leader]
        for other in sorted(near[leader], key=place.__getitem__):
            if other not in leaders and (not sport or not sports[other] or sports[other] == sport):
                leaders[other] = leaders[leader] = leader
                sport = sport or sports[other]
    return leaders


def _by_richness(rows: pd.DataFrame, records: pd.DataFrame) -> list[str]:
    """Return the ids, the richest first."""
    own = records[records["activity_id"].isin(rows.index)] if len(records) else records
    counts = own[["activity_id", *_SAMPLES]].groupby("activity_id").count().reindex(rows.index, fill_value=0)
    samples = own.groupby("activity_id").size().reindex(rows.index, fill_value=0)
    summary = rows[[c for c in ACTIVITIES.names if c not in _NO_MEASURE]].notna().sum(axis=1)
    rank = pd.DataFrame({"kinds": -(counts > 0).sum(axis=1), "samples": -samples, "summary": -summary})
    rank["by_hand"] = rows["source"] == BY_HAND
    rank["startless"] = rows["start_time"].isna()  # from memory, where another was measured
    rank["noticed"] = rows["source"] == DETECTED
    rank["id"] = rows.index
    order = ["kinds", "samples", "by_hand", "startless", "noticed", "summary", "id"]
    return [str(a) for a in rank.sort_values(order)["id"]]


def join(
    activities: pd.DataFrame, records: pd.DataFrame, leaders: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with every member of a group in its leader.

    Parameters
    ----------
    activities, records : DataFrame
        Canonical tables; an activity may have no records.
    leaders : dict
        As `find_leaders` tells.

    Returns
    -------
    activities : DataFrame
        One row an activity. Of those joined the id, and every value that it has, is the one of the
        richest: most kinds of sample, then most samples, then no note by hand, then a known start, then begun by hand, then most
        columns, then the lesser id; but what a person said of it (`SAID_BY_HAND`) is theirs. ``source`` names all, joined by '+'.
    records : DataFrame
        Those of the richest. A sensor that it lacks altogether comes from another, by the clock, where
        that has a sample within a second.
    """
    if not leaders:
        return activities, records
    group = activities["activity_id"].map(leaders)
    alone = group.isna()
    members = activities[~alone]
    ranked = _by_richness(members.set_index("activity_id"), records)
    ordered = members.set_index("activity_id", drop=False).loc[ranked]
    by = ordered["activity_id"].map(leaders).to_numpy()
    measures = [c for c in ACTIVITIES.names if c not in _NO_MEASURE]
    ordered[measures] = ordered[measures].mask(_of_something_else(ordered, by))
    first = ordered.groupby(by, sort=True).first()
    noted = ordered["source"] == BY_HAND
    first.update(ordered.loc[noted, list(SAID_BY_HAND)].groupby(by[noted]).first())
    first["activity_id"] = first.index
    ordered["sport"] = ordered["sport"].where(ordered["sport"] != "other")
    first["sport"] = ordered.groupby(by)["sport"].first().fillna(first["sport"])
    sources: dict[str, list[object]] = {}
    for leader, source in zip(by, ordered["source"], strict=True):
        sources.setdefault(leader, []).append(source)
    first["source"] = first.index.map({a: joined_sources(told) for a, told in sources.items()})
    one = pd.concat([activities[alone], first[activities.columns]])
    one = one.astype(activities.dtypes.to_dict()).sort_values(list(ACTIVITIES.key), ignore_index=True)
    return one, _join_records(ordered, records, leaders)


def _of_something_else(ordered: pd.DataFrame, by: np.ndarray) -> pd.Series:
    """Return which walks that a watch noticed are of another sport or length than what they are joined into: they tell nothing of it."""
    into = ordered.loc[by]
    length = [rows["duration_s"].fillna(rows["moving_time_s"]).to_numpy(float) for rows in (ordered, into)]
    other = (ordered["sport"].to_numpy() != into["sport"].to_numpy()) | (_ratio(*length) < SIMILAR)
    walks: pd.Series = (ordered["source"] == DETECTED) & other
    return walks


def joined_sources(sources: Iterable[object]) -> str | float:
    """Return every source once, joined by '+'; NaN where none is told.

    Examples
    --------
    >>> joined_sources(["fit", "strava+fit", None])
    'fit+strava'
    """
    tokens = [t for s in sources if isinstance(s, str) for t in s.split("+")]
    return "+".join(dict.fromkeys(tokens)) or np.nan


def _join_records(ordered: pd.DataFrame, records: pd.DataFrame, leaders: dict[str, str]) -> pd.DataFrame:
    """Return the records of all but the doubles, with sensors that only a double had."""
    group = records["activity_id"].map(leaders)
    kept = records[group.isna() | (group == records["activity_id"])]
    theirs = records[group.notna()]
    if theirs.empty:
        return records
    has = theirs.groupby("activity_id")[_SENSORS].count() > 0
    has = has.reindex([a for a in ordered["activity_id"] if a in has.index])  # the richest first
    start = ordered["start_time"]
    for column in _SENSORS:
        able = has.index[has[column]]
        givers = {leaders[a]: a for a in reversed(able)}  # the richest comes last, and wins
        givers = {leader: giver for leader, giver in givers.items() if leader != giver}
        if not givers:
            continue
        given = theirs[theirs["activity_id"].isin(list(givers.values())) & theirs[column].notna()]
        taker = given["activity_id"].map(leaders)
        late = (given["activity_id"].map(start) - taker.map(start)).dt.total_seconds()
        lent = pd.DataFrame(
            {
                "activity_id": taker.astype("str"),
                "at_ms": _ms(given["elapsed_s"] + late),
                column: given[column],
            }
        ).sort_values("at_ms", kind="stable")
        lacking = kept["activity_id"].isin(givers)
        bare = kept.loc[lacking, ["activity_id"]].assign(at_ms=_ms(kept["elapsed_s"])).reset_index()
        near = pd.merge_asof(
            bare.sort_values("at_ms", kind="stable"),
            lent,
            on="at_ms",
            by="activity_id",
            direction="nearest",
            tolerance=ALIGNED_MS,
        ).set_index("index")[column]
        kept = kept.assign(**{column: kept[column].where(~lacking, near.reindex(kept.index))})
    return kept.reset_index(drop=True)


def _ms(seconds: pd.Series) -> pd.Series:
    return (seconds * 1000).round().astype("int64")


def notes_on(activities: pd.DataFrame, leaders: dict[str, str]) -> list[str]:
    """Return a sentence for each pair of sources that recorded the same activities."""
    source = dict(zip(activities["activity_id"], activities["source"].fillna("another source"), strict=True))
    day = dict(zip(activities["activity_id"], activities["day"].to_numpy("datetime64[D]"), strict=True))
    kinds: dict[tuple[str, str], list[np.datetime64]] = {}
    for other, leader in leaders.items():
        if other != leader and source[other] != BY_HAND:
            kinds.setdefault((source[leader], source[other]), []).append(day[leader])
    return [
        f"{counted(len(days), 'activity', 'activities')} recorded by {richer} and again by "
        f"{poorer} kept once, the richer record (for example on {min(days)})"
        for (richer, poorer), days in sorted(kinds.items())
    ]

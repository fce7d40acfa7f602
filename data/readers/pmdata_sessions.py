"""PMData's sessions: what Fitbit recorded and what PMSys was told, each bout once.

Times of both are UTC (see `heavylegs.data.readers.pmdata`).
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import ImportReport, stack
from .fitbit_files import EXERCISE_KEYS, SHORTEST_S, exercises, strange_units
from .tabular import instants, numbered, numbers, read_csv, read_records

TIMEZONE = "Europe/Oslo"
_TOTALS = ["moving_time_s", "distance_m", "ascent_m", "steps", "energy_kcal"]
_MINUTE = 60.0


def local_day(instant: pd.Series) -> pd.Series:
    """Return the day in Oslo of each instant."""
    day: pd.Series = instant.dt.tz_convert(TIMEZONE).dt.tz_localize(None).dt.normalize()
    return day


def _sessions(folder: Path, report: ImportReport) -> pd.DataFrame:
    """Return the sessions reported in PMSys, with their `end`."""
    file = folder / "pmsys/srpe.csv"
    columns = ["end_date_time", "activity_names", "perceived_exertion", "duration_min"]
    text = read_csv(file, columns) if file.is_file() else pd.DataFrame(columns=columns, dtype="str")
    end = instants(text, "end_date_time", file)
    seconds = _MINUTE * numbers(text, "duration_min", file, 0, 10_080)
    start = end - pd.to_timedelta(seconds, unit="s")
    sessions = pd.DataFrame(
        {
            "end": end,
            "start_time": start,
            "day": local_day(start.fillna(end)),
            "sport": [_session_sport(t, file, line) for line, t in text["activity_names"].items()],
            "session_rpe": numbers(text, "perceived_exertion", file, 0, 10),
            "duration_s": seconds,
            "source": "pmsys",
        }
    ).astype({"sport": "str"})
    void = (sessions["sport"] == "") & sessions[["session_rpe", "duration_s"]].isna().all(axis=1)
    report.count("activities", len(sessions), int((~void).sum()))
    example = f"{file}, line {sessions.index[void][0]}" if void.any() else ""
    report.leave_out("activities", "PMSys form without a session", int(void.sum()), example)
    sessions = sessions[~void].replace({"sport": {"": "other"}}).reset_index(drop=True)
    sessions["activity_id"] = numbered(folder.name + "-srpe-" + sessions["end"].dt.strftime("%Y%m%dT%H%M"))
    return sessions


def _session_sport(names: str, file: Path, line: object) -> str:
    try:
        said = set(ast.literal_eval(names.strip() or "[]"))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise InputError(
            f"activity_names {names!r} is not a list like ['individual', 'running']",
            file=file,
            row=int(str(line)),
        ) from None
    for name, sport in (("running", "running"), ("soccer", "football"), ("strength", "strength")):
        if name in said:
            return sport
    return "other" if said else ""


def _recordings(folder: Path, report: ImportReport, counts: Counter[str]) -> pd.DataFrame:
    """Return Fitbit's exercises, with their `end` and whether Fitbit `detected` them by itself."""
    file = folder / "fitbit/exercise.json"
    records = read_records(file, EXERCISE_KEYS) if file.is_file() else []
    strange = strange_units(records)
    if strange:
        raise InputError(f"distance unit {strange[0]!r} is not known", file=file)
    frame = exercises(records, file)
    frame["activity_id"] = f"{folder.name}-fitbit-" + frame["log_id"]
    frame["day"] = local_day(frame["start_time"])
    frame["source"] = "fitbit"
    counts["running_on"] += int(frame["left_running"].sum())
    short = frame["duration_s"] < SHORTEST_S
    report.count("activities", len(frame), int((~short).sum()))
    report.leave_out("activities", "Fitbit recording shorter than a minute", int(short.sum()), str(file))
    kept = frame[~short].drop(columns=["log_id", "name", "left_running"])
    return kept.reset_index(drop=True)


def activities_of(folder: Path, report: ImportReport, counts: Counter[str]) -> pd.DataFrame:
    """Return recordings and reported sessions, those of the same bout joined."""
    reported, recorded = _sessions(folder, report), _recordings(folder, report, counts)
    pairs = _same_bouts(reported, recorded)
    if pairs:
        s, f = (list(side) for side in zip(*pairs, strict=True))
        ours, theirs = reported.iloc[s].set_axis(f), recorded.loc[f]
        # The person's word on the sport goes before Fitbit's guess, not before a sport chosen on the watch.
        own_word = (theirs["sport"] == "other") | (theirs["detected"] & (ours["sport"] != "other"))
        recorded.loc[f, "sport"] = theirs["sport"].where(~own_word, ours["sport"])
        # A recording of less than half of the session tells of a part: the reported length stands.
        lasted = theirs["moving_time_s"].fillna(theirs["duration_s"])
        whole = lasted >= 0.5 * ours["duration_s"].fillna(0.0)
        recorded.loc[f, "duration_s"] = theirs["duration_s"].where(whole, ours["duration_s"])
        # Its totals are the part's, and would stand for the session.
        recorded.loc[lasted.index[lasted < 0.5 * ours["duration_s"]], _TOTALS] = np.nan
        recorded.loc[f, "source"] = "fitbit+pmsys"
        recorded["session_rpe"] = ours["session_rpe"].reindex(recorded.index)
        reported = reported.drop(index=s)
        counts["joined"] += len(pairs)
        report.count("activities", 0, -len(pairs))
        report.leave_out("activities", "PMSys session joined with its Fitbit recording", len(pairs))
    every = stack([recorded, reported]) if len(recorded) + len(reported) else recorded
    return every.drop(columns=["end", "detected"], errors="ignore")


def _same_bouts(reported: pd.DataFrame, recorded: pd.DataFrame) -> list[tuple[int, int]]:
    """Return (reported, recorded) row pairs of the same bout; each row is in one pair at most.

    Overlapping pairs go first, then the nearer ends. Walks that Fitbit detected by itself take no part.
    """

    def minutes(values: pd.Series) -> np.ndarray:
        return np.asarray((values - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(minutes=1), dtype="float64")

    end, stop = minutes(reported["end"])[:, None], minutes(recorded["end"])[None, :]
    begin = minutes(reported["start_time"].fillna(reported["end"]))[:, None]
    start = minutes(recorded["start_time"])[None, :]
    overlap = np.clip(np.minimum(end, stop) - np.maximum(begin, start), 0.0, None)
    shorter, longer = np.minimum(end - begin, stop - start), np.maximum(end - begin, stop - start)
    said, seen = reported["sport"].to_numpy(object)[:, None], recorded["sport"].to_numpy(object)[None, :]
    possible = (said == seen) | (said == "other") | (seen == "other")
    same_time = (overlap > 0) & (overlap >= 0.5 * np.where(possible, shorter, longer))
    told_later = (said == seen) & (end - stop >= -30) & (end - stop <= 240) & (longer <= 2 * shorter)
    same_day = reported["day"].to_numpy()[:, None] == recorded["day"].to_numpy()[None, :]
    walk = (recorded["detected"].to_numpy(bool) & (recorded["sport"] == "walking").to_numpy())[None, :]
    rows, columns = np.nonzero((same_time | told_later) & same_day & ~walk)
    order = np.lexsort((np.abs(end - stop)[rows, columns], ~same_time[rows, columns]))
    pairs: list[tuple[int, int]] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken[0] and column not in taken[1]:
            pairs.append((row, column))
            taken[0].add(row)
            taken[1].add(column)
    return pairs

"""The evaluation for the terminal, beside the ladder: intervals, cold start, and how to read the figures."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from .console import compact_table, evaluation_table, number, out, show, span, speak

LEGEND = (
    "* best baseline, which skill is against; (peer): built on Heavylegs' own features, no baseline; "
    "order: rank correlation within athletes; AUC: morning worse than own usual, mean of athletes; "
    "RPS: ranked probability score. Errors in steps of the cohort's own scale, "
    "in points of 10 where its scales differ."
)


def tell(records: list[dict[str, Any]]) -> None:
    """Print the ladder, the intervals, the cold-start curve of new athletes, and the verdict."""
    for table in (evaluation_table(records), interval_table(records), cold_start_table(records)):
        if table is not None:
            show(table)
    speak(verdict(records))
    out.print(LEGEND, style="dim", highlight=False)


def verdict(records: list[dict[str, Any]]) -> str:
    """Return the model's skill against the best baseline and, never without it, against the best peer.

    Of simulated runners also how much of what could be reached that is.
    """
    r = next(r for r in records if r["kind"] == "model")
    reach = "".join(
        f"\n{number(r[f'{key}_share'], '.0%')} of the {number(r[f'{key}_skill'], '+.3f')} that the truth {told} reaches"
        for key, told in (("reachable", "of the day"), ("reachable_with_past", "of all days"))
        if r.get(f"{key}_share") is not None
    )
    against = "\n".join(
        f"{'skill' if key == 'skill' else 'and  '} {number(r[key], '+.3f')} "
        f"({span(r[f'{key}_low'], r[f'{key}_high'], '+.3f')}) against the best {kind}, {r[f'best_{kind}']}"
        for key, kind in (("skill", "baseline"), ("skill_vs_peer", "peer"))
    )
    return against + reach


def interval_table(records: list[dict[str, Any]]) -> Table | None:
    """Return how the model's intervals did beside pooled split conformal's, None where there are none."""
    r = next(r for r in records if r["kind"] == "model")
    if r["coverage"] is None:
        return None
    table = compact_table(
        f"Intervals at {r['interval_level']:.0%}",
        "widths",
        "inside",
        "mean of athletes",
        "width",
        "athletes .82-.97",
    )
    table.add_row(
        "Heavylegs",
        f"{r['coverage']:.3f}",
        f"{r['coverage_macro']:.3f}",
        f"{r['width']:.3f} ({r['width_ratio']:.2f})",
        _fair(r["fair_athletes"], r["long_athletes"]),
        style="bold",
    )
    table.add_row(
        "one for all",
        f"{r['pooled_coverage']:.3f}",
        "",
        f"{r['pooled_width']:.3f} (1.00)",
        _fair(r["pooled_fair_athletes"], r["long_athletes"]),
    )
    return table


def cold_start_table(records: list[dict[str, Any]]) -> Table | None:
    """Return the model's cold-start curve, None for known athletes."""
    curve = next(r for r in records if r["kind"] == "model")["cold_start"]
    if not curve:
        return None
    table = compact_table(
        "New athletes, by mornings reported so far",
        "reports", "mornings", "people", "RMSE", "skill", "95 % interval", "best baseline",
    )  # fmt: skip
    for c in curve:
        end = "on" if c["reports_to"] is None else f"to {c['reports_to']}"
        table.add_row(
            f"{c['reports_from']} {end}",
            f"{c['n_days']:,}",
            str(c["n_athletes"]),
            number(c["rmse"], ".4f"),
            number(c["skill"], "+.3f"),
            span(c["skill_low"], c["skill_high"], "+.3f"),
            c["best_baseline"],
        )
    return table


def _fair(share: float | None, athletes: int) -> str:
    return "nobody with 60 days" if share is None else f"{share:.0%} of {athletes}"

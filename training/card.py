"""The model card: what a registered model is, how well it does, and what it is not, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import __version__
from ..models.forecaster import Forecaster
from .held_out import MODEL

Record = Mapping[str, Any]
SETS = {
    "evening": "all that is known at the end of the day before",
    "morning": "the day before and the night, as far as it is measured before the questionnaire",
}
WHAT = (
    "Predicts the fatigue that a person of this cohort reports tomorrow morning, 0 (fresh) to 10 (exhausted), "
    "with an interval and the points by which each factor moved the forecast: a linear model of the person's "
    "own state, and LightGBM on what it leaves."
)


def card(
    forecaster: Forecaster,
    table: Sequence[Record],
    figures: Sequence[str] = (),
    verdict: str = "",
    attribution: str = "",
) -> str:
    """Return the card.

    Parameters
    ----------
    forecaster : Forecaster
        With `told`: cohort, span, rows.
    table : sequence of dict
        The evaluation table.
    figures : sequence of str
        File names, as the card's reader finds them.
    verdict : str
        Why it is champion or not.
    attribution : str
        Source and licence of the data.
    """
    told = forecaster.told
    ours = next(r for r in table if r["model"] == MODEL)
    parts = [
        f"# Heavylegs: {told['cohort']}, {forecaster.information} information",
        WHAT + _trees(forecaster) + _causes(forecaster) + _starter(forecaster),
        _learned_from(forecaster),
        _accuracy(ours),
        _ladder(table),
        _intervals(forecaster, ours),
        f"## Champion?\n\n{_capital(verdict)}." if verdict else "",
        _limits(ours),
        "\n\n".join(["## Figures", *(f"![{_name(f)}]({f})" for f in figures)]) if figures else "",
        f"## Data\n\n{attribution or 'No attribution is told in the store.'}\n\nThe data itself is not kept with the model.",
        f"Made by Heavylegs {__version__}. Feature catalogue {forecaster.catalog.digest()}: see `catalogue.csv`.",
    ]
    return "\n\n".join(p for p in parts if p) + "\n"


def _trees(forecaster: Forecaster) -> str:
    """Return that the trees are not followed, where they are not."""
    if forecaster.regressor.boosted_share > 0:
        return ""
    return " This LightGBM is not followed here: no held-out mornings show that it helps."


def _causes(forecaster: Forecaster) -> str:
    """Return how far the second model is followed, where it is at all."""
    if forecaster.causes is None:
        return ""
    # The starter is mixed into what both models say together.
    share = forecaster.causes_share * (1.0 - forecaster.starter_share)
    return (
        f" {share:.0%} of each forecast is that of a second model: one response curve a factor, all fitted together, "
        "the own state of what they leave, and LightGBM on the rest; its share comes from mornings that neither had seen."
    )


def _starter(forecaster: Forecaster) -> str:
    """Return how far the starter is followed, and whose data it is made of, where it is at all."""
    if forecaster.starter is None:
        return ""
    return (
        f" {forecaster.starter_share:.0%} of each forecast is that of the starter, a model of other people that ships with "
        f"Heavylegs: {forecaster.attribution}"
    )


def _learned_from(forecaster: Forecaster) -> str:
    told = forecaster.told
    return (
        "## Learned from\n\n"
        f"{told['mornings']:,} rated mornings of {told['athletes']} people, {told['first_morning']} to "
        f"{told['last_morning']}, data digest `{told['cohort_digest']}`. Information set "
        f"*{forecaster.information}*: {SETS[forecaster.information]}. {len(forecaster.catalog.inputs())} inputs."
    )


def _accuracy(ours: Record) -> str:
    beaten = "beats" if (ours["skill_low"] or 0.0) > 0 else "does not clearly beat"
    return (
        "## How well it does\n\n"
        f"Cohort {ours['cohort']}, protocol *{ours['protocol']} athletes*, {ours['information']} information, "
        f"{ours['n_days']:,} held-out mornings of {ours['n_athletes']} people: RMSE {ours['rmse']:.4f} and MAE "
        f"{ours['mae']:.4f} in the units of the cohort's own scale (points of 10 where its scales differ). "
        f"It {beaten} the best baseline, {ours['best_baseline']}: skill {_signed(ours['skill'])}, "
        f"95 % interval over {ours['interval_over']} {_range(ours)}. "
        "Skill is 1 - (RMSE / RMSE of the best baseline)²; 0 is no better. "
        "The held-out mornings were forecast by the same recipe learned from the mornings before; "
        "the model itself has since learned from all."
    )


def _ladder(table: Sequence[Record]) -> str:
    lines = ["| model | RMSE | MAE | skill | 95 % interval |", "|---|---|---|---|---|"]
    for r in sorted(table, key=lambda r: -float(r["rmse"])):
        name = f"**{r['model']}**" if r["model"] == MODEL else str(r["model"])
        if r["model"] == r["best_baseline"]:
            name += " (best baseline)"
        elif r["kind"] == "peer":
            name += " (peer)"
        lines.append(f"| {name} | {r['rmse']:.4f} | {r['mae']:.4f} | {_signed(r['skill'])} | {_range(r)} |")
    peers = "A peer is built on Heavylegs' own features and so is no baseline, however well it does."
    return "\n".join([*lines, "", peers])


def _intervals(forecaster: Forecaster, ours: Record) -> str:
    text = f"## Intervals\n\nEach forecast comes with an interval meant to hold {forecaster.intervals.coverage:.0%} of mornings."
    if ours.get("coverage") is not None:
        text += (
            f" On held-out mornings intervals at {float(ours['interval_level']):.0%} held {float(ours['coverage']):.1%}, "
            f"at a mean width of {float(ours['width']):.2f} in native units."
        )
    return (
        text + " People without enough own reports get the width that is right on average, and are told so."
    )


def _limits(ours: Record) -> str:
    return (
        "## What it is not\n\n"
        "- No medical advice: it describes training logs and diagnoses nothing.\n"
        "- The points say what moved the forecast, not what caused the fatigue.\n"
        f"- It was judged on {ours['cohort']} alone; other people, sports and scales may differ.\n"
        "- On an athlete's first mornings it knows little of their own usual; forecasts are marked *calibrating* then.\n"
        "- Where the interval of the skill reaches below 0, a person's own running average may do as well."
    )


def _signed(value: float | None) -> str:
    return "not to be told" if value is None else f"{value:+.3f}"


def _range(record: Record) -> str:
    return f"{_signed(record['skill_low'])} to {_signed(record['skill_high'])}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:].rstrip(".")


def _name(file: str) -> str:
    return file.rsplit("/", 1)[-1].removesuffix(".svg").replace("_", " ")

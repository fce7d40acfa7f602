"""Commands that learn and forecast: train, evaluate, predict, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from .console import JsonFlag, StoreOption

if TYPE_CHECKING:
    from ..data.store import Store
    from ..features.catalog import Information
    from ..models.forecaster import Forecaster
    from ..models.reference import Reference

SETS = ("evening", "morning")
LEVELS = ("usual", "cohort")
InformationOption = Annotated[
    str, typer.Option(metavar="SET", help="What is known: 'evening', or 'morning' with the night before.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="URI",
        help="MLflow URI, folder or 'starter'; the cohort's champion where not given.",
    ),
]


ParamsOption = Annotated[
    Path | None, typer.Option("--params", metavar="FILE.json", help="Parameters, as tune --out writes them.")
]
ReferenceOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="What points are measured from: the own 'usual' day, or the 'cohort' average."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (train, evaluate, predict, explain):
        app.command()(command)


def train(
    store: StoreOption,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Learn from mornings up to this one.")
    ] = None,
    information: InformationOption = "evening",
    tuned: Annotated[
        bool, typer.Option("--tuned", help="Use what tune found, where it beats the defaults.")
    ] = False,
    params: ParamsOption = None,
    json: JsonFlag = False,
) -> None:
    """Train on a store, judge on held-out days and keep the model in MLflow.

    It becomes champion where it beats the best baseline and the champion; see heavylegs promote.

    Example: heavylegs train --store stores/pmdata --information evening
    """
    from ..data.store import Store
    from ..training.train import train as learn
    from ..training.watch import Watch
    from .console import choice, day, evaluation_table, out, print_json, show, working

    known = cast("Information", choice(information, "--information", SETS))
    last = day(until, "--until")
    source, watch, chosen = Store(store), Watch(), _parameters(tuned, params)
    with working("training") as say, watch("store_to_registered"):
        attribution = str(source.info()["attribution"])
        trained = learn(source.read(), known, last, say, attribution, parameters=chosen)
    if json:
        told = {"run_id": trained.run_id, "model_uri": trained.model_uri, "champion": trained.champion}
        seconds = {**trained.seconds, **watch.seconds}
        verdict = trained.verdict.to_dict()
        print_json({**told, "verdict": verdict, "seconds": seconds, "evaluation": trained.table})
        return
    show(evaluation_table(trained.table))
    record = trained.record
    out.print(
        f"MLflow run {trained.run_id}\nmodel {trained.model_uri}"
        f"{' (champion)' if trained.champion else ''}\n{trained.verdict.reason}\n"
        f"skill {record['skill']:+.3f} ({record['skill_low']:+.3f} to {record['skill_high']:+.3f}) "
        f"against {record['best_baseline']}, cohort {record['cohort']}, known athletes, {information} information",
        highlight=False,
        soft_wrap=True,
    )


def evaluate(
    store: StoreOption,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help="'known' athletes forward in time, or 'new' athletes.")
    ] = "known",
    cutoff: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="First morning to forecast; each one's last 30 % if absent."),
    ] = None,
    blocks: Annotated[
        int | None, typer.Option(metavar="N", help="Known: so many blocks, learned anew before each.")
    ] = None,
    every: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Known: blocks of so many days instead.")
    ] = None,
    folds: Annotated[
        str | None,
        typer.Option(metavar="N|loo", help="New: folds of athletes (5), or leave one out at a time."),
    ] = None,
    information: InformationOption = "evening",
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also judge each family of features: alone, and left out.")
    ] = False,
    params: ParamsOption = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the records there.")
    ] = None,
) -> None:
    """Judge the model and the whole ladder of baselines on days that none has seen.

    Known athletes: each one's last 30 % of days; from --cutoff on; or block after block (rolling
    origin). New athletes: whole athletes are left out, and a cold-start curve is told.

    Example: heavylegs evaluate --store stores/soccermon --protocol known --cutoff 2021-03-01 --json ladder.json

    Example: heavylegs evaluate --store stores/pmdata --protocol new --folds loo
    """
    from json import dumps

    from ..data.store import Store
    from ..features.matrix import matrix_of_store
    from ..training.evaluate import evaluate as judge
    from ..training.splits import Plan
    from .console import choice, day, working
    from .evaluation import tell
    from .files import check_place, write_text

    known = cast("Information", choice(information, "--information", SETS))
    how = cast("Any", choice(protocol, "--protocol", ("known", "new")))
    plan = Plan(how, day(cutoff, "--cutoff"), blocks, every, _folds(folds))
    chosen = _parameters(False, params)
    check_place(json)
    with working("evaluating") as say:
        source = Store(store)
        truth = source.read_truth() if source.info()["truth"] else None
        matrix = matrix_of_store(source, known)
        records = judge(matrix, plan, progress=say, ablation=ablation, parameters=chosen, truth=truth)
    if json:
        write_text(json, dumps(records, indent=1, allow_nan=False) + "\n")
    tell(records)


def predict(
    store: StoreOption,
    file: Annotated[
        Path, typer.Option("--out", metavar="FILE.parquet", help="Where to write.", show_default=False)
    ],
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First morning.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last morning.")] = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    reference: ReferenceOption = "usual",
) -> None:
    """Forecast every morning of everybody in a store, with factor points, into a Parquet file.

    Example: heavylegs predict --store stores/pmdata --from 2020-03-01 --to 2020-03-31 --out forecasts.parquet
    """
    import pandas as pd

    from ..data.errors import InputError
    from ..data.store import Store
    from .console import choice, counting, day, out
    from .engine import forecasts
    from .files import check_place, whole

    if file.suffix.lower() not in ("", ".parquet", ".pq"):  # who opened it as a table would find no text
        raise InputError("forecasts are written as Parquet", file=file, mend="name it with .parquet")
    source = Store(store)
    first_day, last_day = day(first, "--from"), day(last, "--to")
    level = cast("Reference", choice(reference, "--reference", LEVELS))
    forecaster, uri = _model(source, model, information)
    check_place(file)
    with counting("forecasting") as count:
        parts = list(forecasts(source, forecaster, first_day, last_day, count, level))
    if not parts:
        between = " between --from and --to" if first or last else ""
        raise InputError(f"no morning to forecast{between}", file=store, mend="see heavylegs check")
    frame = pd.concat(parts, ignore_index=True).sort_values(["athlete_id", "day"], ignore_index=True)
    with whole(file) as partial:
        frame.to_parquet(partial, index=False)
    people, silent = frame["athlete_id"].nunique(), int((frame["tier"] == "not_yet").sum())
    without = f" ({silent:,} without a forecast yet, see tier_reason)" if silent else ""
    out.print(
        f"{len(frame):,} mornings of {people} people{without} by {uri} in {file}{_of_starter(source, forecaster, uri)}",
        highlight=False,
        soft_wrap=True,
    )


def explain(
    store: StoreOption,
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.", show_default=False)],
    activity: Annotated[str | None, typer.Option(metavar="ID", help="A run: its day is explained.")] = None,
    athlete: Annotated[str | None, typer.Option(metavar="ID", help="Whose day.")] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day; the morning after is forecast.")
    ] = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    reference: ReferenceOption = "usual",
    json: JsonFlag = False,
) -> None:
    """Write why: one HTML page and the same as JSON, for a run or for an athlete's day.

    Example: heavylegs explain --store stores/pmdata --athlete p01 --date 2020-01-14 --out reports
    """
    from ..data.errors import InputError
    from ..data.store import Store
    from .console import choice, day, out, print_json
    from .engine import cohort_of
    from .explain import explain as account
    from .explain import facts_of
    from .report_files import write_report
    from .wording import in_short

    given = [option is not None for option in (activity, athlete, date)]
    if given not in ([True, False, False], [False, True, True]):
        raise InputError(
            "tell what to explain", mend="either --activity ID, or --athlete ID with --date DATE"
        )
    level = cast("Reference", choice(reference, "--reference", LEVELS))
    source = Store(store)
    if activity is not None:
        athlete, when = _activity_day(source, activity)
    else:
        when = day(date, "--date")
    forecaster, uri = _model(source, model, information)
    cohort = cohort_of(source, str(athlete))
    explanation = account(cohort, forecaster, str(athlete), when.item(), uri, level)
    page, data = write_report(explanation, folder, facts_of(cohort, str(athlete), when.item()))
    if json:
        print_json({"html": str(page), "json": str(data), **explanation.to_dict()})
        return
    out.print(
        f"{explanation.athlete_id}, morning of {explanation.morning}: {in_short(explanation)}\n{page}\n{data}{_of_starter(source, forecaster, uri)}",
        highlight=False,
        soft_wrap=True,
    )


def _parameters(tuned: bool, file: Path | None) -> Any:
    """Return the estimator's parameters, or what finds them, or None for its defaults."""
    from ..data.errors import InputError

    if tuned and file:
        raise InputError("--tuned and --params cannot both be heeded", mend="leave one out")
    if tuned:
        from ..training.tune import tuned as found

        return found
    if file is None:
        return None
    from ..training.space import read_parameters

    return read_parameters(file)


def _folds(text: str | None) -> int | Literal["loo"] | None:
    from ..data.errors import InputError

    if text is None:
        return None
    if text == "loo":
        return "loo"
    if not text.isdecimal():
        raise InputError(f"--folds {text!r} is no number", mend="a number such as 5, or loo")
    return int(text)


def _activity_day(store: Store, activity: str) -> tuple[str, Any]:
    import difflib

    import numpy as np

    from ..data.errors import InputError

    activities = store.read(tables=["activities"]).activities
    found = activities[activities["activity_id"] == activity]
    if not len(found):
        near = difflib.get_close_matches(activity, activities["activity_id"], n=1)
        mend = f"the nearest is {near[0]}" if near else "see the activities of the store"
        raise InputError(f"holds no activity {activity!r}", file=store.path, mend=mend)
    return str(found["athlete_id"].iloc[0]), np.datetime64(found["day"].iloc[0], "D")


def _model(store: Store, uri: str | None, information: str) -> tuple[Forecaster, str]:
    """Return the model asked for, or the cohort's champion, else its newest version, else the starter.

    A model knows its own information set; it is refused where another than the default is asked for.
    """
    from ..data.errors import InputError
    from ..training import registry
    from .console import choice

    known = cast("Information", choice(information, "--information", SETS))
    chosen = uri or registry.best_uri(str(store.info()["name"]), known)
    model = registry.load_model(chosen)
    if known != SETS[0] and model.information != known:
        raise InputError(
            f"{chosen} forecasts from {model.information} information, not {known}",
            mend="leave --information out",
        )
    return model, chosen


def _of_starter(store: Store, model: Forecaster, uri: str) -> str:
    """Return what must be said with every use of the starter, nothing of another model."""
    from ..models.starter import URI, initials
    from .explain import accuracy_sentence

    if uri != URI:
        return ""
    here = initials(store.read(tables=["athletes"]).athletes["athlete_id"])
    met = len(set(here).intersection(cast("list[str]", model.told["learned_from"])))
    known = (
        f" It learned from {met} of the people in this store: what it says of the days that it learned from is no forecast."
        if met
        else ""
    )
    return (
        f"\nBy the starter, a model of other people: train one of this cohort's own.{known} "
        f"{accuracy_sentence(model.told)} {model.attribution}"
    )

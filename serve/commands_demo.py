"""The command `demo`: the whole path on simulated runners, with nothing but this package."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import evaluation_table, show, speak, working

if TYPE_CHECKING:
    import pandas as pd


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where everything goes.")] = Path(
        "demo"
    ),
) -> None:
    """Simulate runners, train, evaluate, forecast and explain one run.

    Example: heavylegs demo --out demo
    """
    from ..data.simulate import simulate
    from ..data.store import Store
    from ..training import registry
    from ..training.train import train
    from .engine import cohort_of
    from .explain import explain, facts_of
    from .files import check_place
    from .own_words import in_terminal
    from .report_files import write_report

    check_place(folder / "mlflow.db")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("MLFLOW_TRACKING_URI", f"sqlite:///{(folder / 'mlflow.db').absolute()}")
    with working("demo") as say:
        say("simulating 40 runners over 200 days")
        made = simulate()
        store = Store(folder / "store")
        store.write(made.cohort, truth=made.truth)
        trained = train(made.cohort, progress=say)
        say("explaining a run")
        model = registry.load_model(trained.model_uri)
        athlete, day = _telling_day(made.cohort.activities)
        cohort = cohort_of(store, athlete)
        explanation = explain(cohort, model, athlete, day, trained.model_uri)
        page, _ = write_report(explanation, folder / "reports", facts_of(cohort, athlete, day))
    show(evaluation_table(trained.table))
    speak(f"{in_terminal(explanation)}\nstore   {store.path}\nmodel   {trained.model_uri}\nreport  {page}")


def _telling_day(activities: pd.DataFrame) -> tuple[str, date]:
    """Return whose and which run to explain: the longest of the last four weeks."""
    import pandas as pd

    recent = activities[activities["day"] > activities["day"].max() - pd.Timedelta(days=28)]
    runs = recent[recent["sport"] == "running"].sort_values("distance_m")
    return str(runs["athlete_id"].iloc[-1]), runs["day"].iloc[-1].date()

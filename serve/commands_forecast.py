"""Commands that forecast: predict, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ..data.errors import InputError
from ..data.names import counted, nearest_text
from .chosen import LEVELS, InformationOption, ModelOption, ReferenceOption, chosen_model, said_of
from .console import (
    DateOption,
    FolderOption,
    FromOption,
    JsonFlag,
    MorningOption,
    StoreOption,
    ToOption,
    WhoseOption,
    choice,
    counting,
    day,
    print_json,
    speak,
    working,
)

if TYPE_CHECKING:
    import datetime

    from pandas import DataFrame

    from ..data.store import Store
    from ..models.reference import Reference


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (predict, explain):
        app.command()(command)


def predict(
    store: StoreOption,
    file: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="Where to write: .parquet, .csv or .json.", show_default=False
        ),
    ],
    first: FromOption = None,
    last: ToOption = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    reference: ReferenceOption = "usual",
) -> None:
    """Forecast every morning of everybody in a store, with factor points, into a table.

    Example: heavylegs predict --store stores/pmdata --from 2020-03-01 --to 2020-03-31 --out forecasts.csv
    """
    import pandas as pd

    from ..data.contents import require_days, unrated
    from ..data.store import Store
    from .engine import forecasts, learned
    from .table_files import check_table_place, write_table

    source = Store(store)
    first_day, last_day = day(first, "--from"), day(last, "--to")
    level = cast("Reference", choice(reference, "--reference", LEVELS))
    require_days(source)
    forecaster, uri = chosen_model(source, model, information)
    check_table_place(file)
    with counting("forecasting") as count:
        parts = list(forecasts(source, forecaster, first_day, last_day, count, level))
    if not parts:
        raise InputError(
            "no morning to forecast between --from and --to", file=store, mend="see heavylegs check"
        )
    frame = pd.concat(parts, ignore_index=True).sort_values(["athlete_id", "day"], ignore_index=True)
    seen = learned(forecaster, source.info()["name"], frame["athlete_id"], frame["morning"])
    write_table(frame.assign(learned=seen), file)
    speak(
        f"{_account(frame, int(seen.sum()))} by {uri} in {file}"
        f"{unrated(source)}{said_of(source, forecaster, uri, model)}"
    )


def _account(frame: DataFrame, learned: int) -> str:
    """Return how many mornings were forecast, of how many people, and what is to be known of some of them."""
    silent = int((frame["tier"] == "not_yet").sum())
    notes = [f"{silent:,} without a forecast yet, see tier_reason"] if silent else []
    notes += [f"{learned:,} of the time that the model learned from, see learned"] if learned else []
    people = counted(frame["athlete_id"].nunique(), "person", "people")
    return f"{counted(len(frame), 'morning')} of {people}{' (' + '; '.join(notes) + ')' if notes else ''}"


def explain(
    store: StoreOption,
    folder: FolderOption,
    activity: Annotated[str | None, typer.Option(metavar="ID", help="A run: its day is explained.")] = None,
    athlete: WhoseOption = None,
    date: DateOption = None,
    morning: MorningOption = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    reference: ReferenceOption = "usual",
    json: JsonFlag = False,
) -> None:
    """Write why: one HTML page and the same as JSON, for a run or for an athlete's day; the newest where none is told.

    Example: heavylegs explain --store stores/me --out reports

    Example: heavylegs explain --store stores/pmdata --athlete p01 --date 2020-01-14 --out reports
    """
    from ..data.store import Store
    from .engine import cohort_of
    from .explain import explain as account
    from .explain import facts_of
    from .own_words import in_terminal
    from .report_files import write_report
    from .whose import whose_day

    if activity is not None and (athlete, date, morning) != (None, None, None):
        raise InputError(
            "--activity tells athlete and day by itself", mend="leave out --athlete, --date and --morning"
        )
    level = cast("Reference", choice(reference, "--reference", LEVELS))
    source = Store(store)
    forecaster, uri = chosen_model(source, model, information)
    if activity is not None:
        athlete, when = _activity_day(source, activity)
    else:
        athlete, when = whose_day(source, athlete, date, morning, forecaster.information)
    with working("explaining"):
        cohort = cohort_of(source, athlete)
        explanation = account(cohort, forecaster, athlete, when, uri, level)
        page, data = write_report(explanation, folder, facts_of(cohort, athlete, when))
    if json:
        print_json({"html": str(page), "json": str(data), **explanation.to_dict()})
        return
    speak(f"{in_terminal(explanation)}\n{page}\n{data}{said_of(source, forecaster, uri, model)}")


def _activity_day(store: Store, activity: str) -> tuple[str, datetime.date]:
    activities = store.read(tables=["activities"]).activities
    found = activities[activities["activity_id"] == activity]
    if not len(found):
        mend = nearest_text(activity, activities["activity_id"], "it holds none")
        raise InputError(f"holds no activity {activity!r}", file=store.path, mend=mend)
    return str(found["athlete_id"].iloc[0]), found["day"].iloc[0].date()

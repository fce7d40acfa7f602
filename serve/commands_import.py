"""The commands under `import`: one a source, one for any table, one that finds out by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..data.errors import InputError
from ..data.names import nearest
from .console import (
    JsonFlag,
    StoreOption,
    choice,
    counting,
    err,
    out,
    print_json,
    require_heeded,
)
from .import_told import tell, tell_failed, tell_files
from .listing import Listing

if TYPE_CHECKING:
    from ..data.imports import Imported, ImportReport
    from ..data.owner import Owner
    from ..data.store import Store

PARTIAL = 3
"""Exit code where some files were imported and others could not be read."""


NO_FATIGUE = "no heading says that it tells how tired one woke up; without that there is no forecast (see fatigue in the map)"

imports = typer.Typer(cls=Listing, no_args_is_help=True, help="Read run logs into a store.")
PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help="File or folder.", show_default=False)]
AthleteOption = Annotated[str, typer.Option(metavar="ID", help="Whose it is.", show_default=False)]
ZoneOption = Annotated[
    str | None, typer.Option("--timezone", metavar="ZONE", help="Home, such as Europe/Oslo; decides the day.")
]
PlaceOption = Annotated[
    str | None,
    typer.Option("--place", metavar="ID", help="Where the runs were, for the weather of that name."),
]
LocationFlag = Annotated[
    bool, typer.Option("--keep-location", help="Keep coordinates; they are dropped otherwise.")
]
ClockFlag = Annotated[
    bool,
    typer.Option(
        "--local-clock",
        help="Times written without a zone are by the clock at home (--timezone, told now or before); else UTC.",
    ),
]


@imports.command("pmdata")
def import_pmdata(path: PathArgument, store: StoreOption, json: JsonFlag = False) -> None:
    """Read PMData (folders p01 to p16) into a store.

    Example: heavylegs import pmdata data/pmdata --store stores/pmdata
    """
    _cohort("pmdata", path, store, json)


@imports.command("soccermon")
def import_soccermon(path: PathArgument, store: StoreOption, json: JsonFlag = False) -> None:
    """Read SoccerMon's subjective data into a store.

    Example: heavylegs import soccermon data/soccermon --store stores/soccermon
    """
    _cohort("soccermon", path, store, json)


@imports.command("lovdal")
def import_lovdal(path: PathArgument, store: StoreOption, json: JsonFlag = False) -> None:
    """Read the Dutch runners' daily file (Lovdal 2021) into a store.

    Example: heavylegs import lovdal data/lovdal2021 --store stores/lovdal
    """
    _cohort("lovdal", path, store, json)


@imports.command("activities")
def import_activities(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, folders and archives, any mix.")
    ],
    athlete: AthleteOption,
    store: StoreOption,
    timezone: ZoneOption = None,
    place: PlaceOption = None,
    keep_location: LocationFlag = False,
    local_clock: ClockFlag = False,
    json: JsonFlag = False,
) -> None:
    """Read FIT, GPX and TCX files, gzipped or not, in folders and zip archives.

    What cannot be read goes to the folder `quarantine` beside the store; the exit code is then 3.

    Example: heavylegs import activities ~/Downloads/garmin.zip runs/ --athlete me --store stores/me
    """
    from ..data.owner import Owner

    _activities(paths, Owner(athlete, timezone, place, keep_location, local_clock), store, json)


@imports.command("export")
def import_export(
    path: PathArgument,
    athlete: AthleteOption,
    store: StoreOption,
    source: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="strava, garmin, fitbit, polar, apple, intervals, trainingpeaks, myfitnesspal, cronometer.",
        ),
    ] = None,
    timezone: ZoneOption = None,
    place: PlaceOption = None,
    json: JsonFlag = False,
) -> None:
    """Read the export of a platform or food diary; its kind is found by its content.

    A Strava export's activity files and a Polar export's training sessions are read too. What cannot be read of an account goes to the
    folder `quarantine` beside the store; the exit code is then 3.

    Example: heavylegs import export ~/Downloads/strava_export.zip --athlete me --store stores/me
    """
    from ..data.owner import Owner, at_home
    from ..data.readers.detect import kind_of
    from ..data.readers.polar_names import is_session_name
    from ..data.store import Store

    kind = choice(source, "--source", (*_EXPORTS, "activities")) if source else kind_of(path)
    if kind in _OTHERS:
        mend = f"heavylegs import {kind}, see its --help"
        raise InputError(f"is read by another command: it holds {_OTHERS[kind]}", file=path, mend=mend)
    owner = at_home(Owner(athlete, timezone, place), Store(store))
    if kind == "activities":
        _activities([path], owner, store, json)
        return
    imported = _bring_export(kind, path, owner, store)
    if kind == "strava" and (path.is_dir() or path.suffix.lower() == ".zip"):
        _activities([path], owner, store, json, before=imported)
    elif kind == "polar":
        _activities([path], owner, store, json, before=imported, wanted=is_session_name)
    elif json:
        print_json({**imported.report.to_dict(), "failed": imported.failed})
    else:
        tell(imported.report, f"{kind} in {store}", json)
        tell_failed(imported.failed)
    if imported.failed:
        raise typer.Exit(PARTIAL)


@imports.command("weather")
def import_weather(
    path: PathArgument,
    place: Annotated[str, typer.Option(metavar="ID", help="Name of the place.", show_default=False)],
    store: StoreOption,
    json: JsonFlag = False,
) -> None:
    """Read hourly weather of one place in Open-Meteo's archive format (CSV or JSON).

    Activities imported with the same --place are joined with the weather of their hours. WBGT is computed where the file tells
    wind, sun and coordinates; these are not kept.

    Example: heavylegs import weather oslo-2024.csv --place oslo --store stores/me
    """
    from ..data.importer import import_tables
    from ..data.readers.open_meteo import read_open_meteo
    from ..data.store import Store

    imported = read_open_meteo(path, place=place)
    _hold_rows(imported, path)
    import_tables(Store(store), imported.tables, imported.report, imported.attribution)
    _note_place(Store(store), place, imported.report)
    tell(imported.report, f"weather of {place} in {store}", json)


@imports.command("table")
def import_table(
    path: PathArgument,
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR", help="The store.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="MAP.toml", help="What its columns mean.")
    ] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Print a proposed map and import nothing.")] = False,
    kind: Annotated[
        Literal["diary", "activities"] | None,
        typer.Option("--as", help="With --guess, where the file tells of both: which of them to map."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Read any tidy table by a map of its columns; --guess proposes one.

    Example: heavylegs import table diary.csv --map diary.toml --store stores/me
    """
    from ..data.importer import import_tables
    from ..data.readers.table import read_table
    from ..data.readers.table_guess import guess_map, lacks_fatigue
    from ..data.store import Store

    if guess:
        mend = "leave it out: --guess prints a map and imports nothing"
        require_heeded("beside --guess", mend, map=map_file, store=store, json=json)
        proposed = guess_map(path, kind)
        typer.echo(proposed, nl=False)
        if lacks_fatigue(proposed):
            err.print(f"{path.name}: {NO_FATIGUE}", highlight=False, soft_wrap=True)
        return
    require_heeded("without --guess", "a map tells by itself what it reads", **{"as": kind})
    if store is None or map_file is None:
        raise InputError("tell where to and how", mend="give --store DIR and --map MAP.toml, or --guess")
    imported = read_table(path, map_file)
    _hold_rows(imported, path)
    import_tables(Store(store), imported.tables, imported.report, imported.attribution)
    tell(imported.report, f"{path.name} in {store}", json)


_EXPORTS = (
    "strava",
    "garmin",
    "fitbit",
    "polar",
    "apple",
    "intervals",
    "trainingpeaks",
    "myfitnesspal",
    "cronometer",
)
_OTHERS = {"weather": "weather", "pmdata": "PMData", "soccermon": "SoccerMon", "lovdal": "the Lovdal runners"}


def _more(path: Path, command: str) -> str:
    return f"{path.name} holds more, which `heavylegs import {command}` reads"


def _bring_export(kind: str, path: Path, owner: Owner, folder: Path) -> Imported:
    """Read an export into the store, and set aside what of it is broken."""
    from ..data.importer import import_tables, set_aside
    from ..data.readers.detect import left_by
    from ..data.store import Store

    with counting(f"reading {kind}") as count:
        imported = _export(kind, path, owner, count)
    for command in left_by(path, kind):
        imported.report.note(_more(path, command))
    store = Store(folder)
    import_tables(store, imported.tables, imported.report, imported.attribution)
    again = command_again(owner, folder, kind)
    set_aside(store, path, owner.athlete, imported.failed, again, imported.report)
    return imported


def _export(kind: str, path: Path, owner: Owner, count: Any) -> Imported:
    from importlib import import_module

    modules = {"garmin": "garmin_connect", "apple": "apple_health", "intervals": "intervals_icu"}
    name = modules.get(kind, kind)
    read = getattr(import_module(f"...data.readers.{name}", __name__), f"read_{name}")
    zone = {"timezone": owner.timezone} if kind in ("strava", "garmin", "fitbit", "polar") else {}
    imported: Imported = read(path, athlete=owner.athlete, progress=count, **zone)
    return imported.placed(owner.place) if owner.place else imported


def _hold_rows(imported: Imported, path: Path) -> None:
    """Raise InputError where no row of the file can be used."""
    tables = imported.report.tables.values()
    if any(t.kept for t in tables):
        return
    why = next((reason for t in tables for reason in t.left_out), "there is none below the heading")
    raise InputError(f"holds no row that can be used: {why}", file=path, mend="fill it in, or export it anew")


def _note_place(store: Store, place: str, report: ImportReport) -> None:
    """Tell where the store has sessions, and none of them is at the place: it may be mistyped."""
    activities = store.read(tables=["activities"]).activities
    places = activities["place_id"].dropna().unique()
    if len(activities) and place.strip() not in places:
        near = nearest(place, places)
        which = f"the nearest is {near!r}" if near else "import sessions with the same --place"
        report.note(f"no session is at {place!r} yet: {which}")


def _cohort(source: str, path: Path, folder: Path, as_json: bool) -> None:
    from ..data.cohort import Cohort
    from ..data.readers import READERS
    from ..data.store import Store

    with counting(f"reading {source}") as count:
        imported = READERS[source](path, progress=count)
    cohort = Cohort.from_tables(imported.cohort_name, imported.tables)
    Store(folder).write(cohort, imported.report, imported.attribution)
    tell(imported.report, f"{imported.cohort_name} in {folder}", as_json)
    if imported.attribution and not as_json:
        out.print(f"Source: {imported.attribution}", highlight=False)


def _activities(
    paths: list[Path],
    owner: Owner,
    folder: Path,
    as_json: bool,
    before: Imported | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> None:
    from ..data.activity_import import import_activities as bring
    from ..data.readers.detect import left_by
    from ..data.readers.polar_names import may_be_an_activity
    from ..data.store import Store

    with counting("reading") as count:
        account = bring(
            Store(folder),
            paths,
            owner,
            workers=2,
            command=command_again(owner, folder),
            progress=count,
            wanted=wanted or may_be_an_activity,
        )
    came = before and any(len(table) for name, table in before.tables.items() if name != "athletes")
    if account.nothing and not account.failed and before is None:
        what = "holds no FIT, GPX or TCX file" if account.foreign else "holds no file"
        mend = "give FIT, GPX or TCX files, or a folder with them"
        raise InputError(what, file=paths[0], mend=mend)
    if before is None:
        for path in paths:
            for command in left_by(path, "activities"):
                account.report.note(_more(path, command))
    tell_files(account, folder, as_json, before)
    if account.failed:
        raise typer.Exit(2 if account.nothing and not came else PARTIAL)


def command_again(owner: Owner, folder: Path, export: str = "") -> str:
    """Return what to type to import a quarantined file again as it was given; ``{file}`` stands for its copy.

    It is an activity file, or of the kind of `export` that is named.
    """
    from shlex import quote

    text = f"export {{file}} --source {export}" if export else "activities {file}"
    text = f"heavylegs import {text} --athlete {quote(owner.athlete)} --store {quote(str(folder))}"
    for option, value in (("--timezone", owner.timezone), ("--place", owner.place)):
        text += f" {option} {quote(value)}" if value else ""
    text += " --keep-location" if owner.keep_location else ""
    return text + (" --local-clock" if owner.local_clock else "")


def import_again(path: Path, command: str, athlete: str, folder: Path) -> None:
    """Import a quarantined file with the options of what `command_again` returned; InputError where it is still broken."""
    from itertools import pairwise
    from shlex import split

    from ..data.activity_import import import_activities as bring
    from ..data.owner import Owner, at_home
    from ..data.store import Store

    words = split(command)
    told = dict(pairwise(words))
    clock, location = "--local-clock" in words, "--keep-location" in words
    owner = Owner(athlete, told.get("--timezone"), told.get("--place"), location, clock)
    if kind := told.get("--source"):
        _bring_export(kind, path, at_home(owner, Store(folder)), folder)
        return
    account = bring(Store(folder), [path], owner, command=command_again(owner, folder))
    if account.failed:
        raise InputError(next(iter(account.failed.values())))

"""Finding the reader of a file or folder by what it holds."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from shlex import quote

from ..errors import InputError
from .activity_files import SUFFIXES, format_of
from .apple_xml import is_export
from .archives import UNZIP_FAULTS
from .fitbit_names import holds_fitbit, is_fitbit
from .polar_names import family_of, is_polar, is_session_name
from .strava_words import ELAPSED_NAMES, NAMES, plain

_HEAD = 65_536


def kind_of(path: Path) -> str:
    """Return the name of the reader that a file or folder is for.

    Returns
    -------
    str
        "pmdata", "soccermon", "lovdal", "strava", "garmin", "fitbit", "polar", "apple", "intervals",
        "trainingpeaks", "myfitnesspal", "cronometer", "weather" or "activities".

    Raises
    ------
    InputError
        It is none of these.
    """
    if not path.exists():
        raise InputError("is not there", file=path)
    if path.is_file() and not path.stat().st_size:
        raise InputError("is empty", file=path, mend="download it anew")
    kind = _of_folder(path) if path.is_dir() else _of_file(path)
    if kind is None:
        raise InputError(
            "is nothing that Heavylegs knows by its content",
            file=path,
            mend="name the source, see `heavylegs import --help`, or write a map for `heavylegs import table`",
        )
    return kind


def left_by(path: Path, kind: str) -> list[str]:
    """Return the commands that read what else a folder or archive holds, beside what the reader `kind` takes.

    Tables and Apple's export, which may lie anywhere in a folder, are named one by one.

    Examples
    --------
    >>> left_by(Path("one-file.csv"), "strava")
    []
    """
    if path.is_dir():
        names = [p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()]
        fitbit = _fitbit_below(path, names)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            fitbit = holds_fitbit(names, lambda name: _head_or_nothing(archive, name))
    else:
        return []
    lower = [n.lower() for n in names]
    garmin = any(n.endswith(".json") and ("di_connect" in n or "garmin" in n) for n in lower)
    strava = any(PurePosixPath(n).name == "activities.csv" for n in lower)
    recorded = any(n.removesuffix(".gz").endswith(SUFFIXES) or "uploadedfiles" in n for n in lower)
    polar = any(family_of(n) for n in lower)
    found = {
        "export --source polar": polar and kind != "polar",
        "export --source strava": strava and kind != "strava",
        "export --source garmin": garmin and kind != "garmin",
        "export --source fitbit": fitbit and kind != "fitbit",
        "activities": recorded and kind not in ("strava", "activities"),
    }
    commands = [command for command, there in found.items() if there]
    return commands + (_single_files(path, kind) if path.is_dir() else [])


def _single_files(folder: Path, kind: str) -> list[str]:
    """Return the commands that read files anywhere in a folder which their content surely tells."""
    commands = {"apple": "export", "intervals": "export", "weather": "weather"}
    if not any(p.name.lower() == "activities.csv" for p in folder.rglob("*.csv")):
        commands["strava"] = "export"
    found = []
    for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".csv", ".xml") and p.is_file()):
        head = _head(file)
        holds = "apple" if is_export(head) else _of_table(head.decode("utf-8", "replace"))
        if holds in commands and holds != kind:
            found.append(f"{commands[holds]} {quote(str(file))}")
    return found


def _of_folder(path: Path) -> str | None:
    if any(path.glob("p[0-9][0-9]/pmsys/wellness.csv")):
        return "pmdata"
    if any((path / below / "wellness" / "fatigue.csv").is_file() for below in (".", "subjective")):
        return "soccermon"
    if (path / "activities.csv").is_file() or any(path.glob("*/activities.csv")):
        return "strava"
    if (path / "day_approach_maskedID_timeseries.csv").is_file():
        return "lovdal"
    # Apple translates the name of its export.
    if any(
        is_export(_head(p))
        for below in ("*.xml", "apple_health_export/*.xml")
        for p in sorted(path.glob(below))
    ):
        return "apple"
    files = [p for p in path.rglob("*") if p.is_file()]
    if any(family_of(p.name) and is_polar(_head(p)) for p in files):
        return "polar"
    if _fitbit_below(path, [p.relative_to(path).as_posix() for p in files]):
        return "fitbit"
    if any(p.suffix.lower() == ".json" for p in files):
        return "garmin"
    names = [p.name.lower().removesuffix(".gz") for p in files]
    if any(n.endswith((*SUFFIXES, ".zip")) for n in names):
        return "activities"
    _name_single_files(path)
    return None


def _fitbit_below(folder: Path, names: list[str]) -> bool:
    return holds_fitbit(names, lambda name: _head(folder / name))


def _name_single_files(folder: Path) -> None:
    """Raise InputError where the folder holds tables that are read one by one."""
    for file in sorted(folder.glob("*.csv")):
        kind = _of_table(_head(file).decode("utf-8", "replace"))
        if kind:
            raise InputError(f"holds {file.name}, of {kind}", file=folder, mend="give that file itself")


def _head(path: Path) -> bytes:
    """Return the beginning of a file; nothing where it cannot be read, which its reader tells better."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _of_file(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=path) from None
    if head.startswith(b"PK"):
        return _of_archive(path)
    if format_of(head) or head.startswith(b"\x1f\x8b") or path.suffix.lower() in SUFFIXES:
        return "activities"
    if is_export(head):
        return "apple"
    text = head.decode("utf-8", "replace").lstrip("\ufeff").lstrip()
    if text[:14].lower().startswith(("<!doctype html", "<html")):
        raise InputError("is a web page, not an export", file=path, mend="log in and download it again")
    if is_fitbit(text):
        return "fitbit"
    if text.startswith(("{", "[")):
        if is_session_name(path.name) and is_polar(head):  # whose "stopTime" may come after all samples
            return "activities"
        return "weather" if '"temperature_2m"' in text else "polar" if is_polar(head) else "garmin"
    return _of_table(text)


def _of_table(text: str) -> str | None:
    lower = text.lstrip("\ufeff").lower()
    if "temperature_2m" in lower:  # in a heading below a preamble
        return "weather"
    heading = lower.partition("\n")[0]
    return next((kind for kind, fits in _HEADINGS if fits(heading)), None)


def _head_in(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_HEAD)


def _head_or_nothing(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a member; nothing where it cannot be unpacked, which its reader tells better."""
    try:
        return _head_in(archive, name)
    except (OSError, *UNZIP_FAULTS):
        return b""


def _of_archive(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [PurePosixPath(n).name for n in archive.namelist()]
            if "xl/workbook.xml" in archive.namelist():
                mend = "save the sheet as CSV, then see `heavylegs import table --help`"
                raise InputError("is an Excel workbook", file=path, mend=mend)
            polar = any(family_of(n) and is_polar(_head_in(archive, n)) for n in archive.namelist())
            health = any(is_export(_head_in(archive, n)) for n in archive.namelist() if n.endswith(".xml"))
            fitbit = holds_fitbit(archive.namelist(), lambda name: _head_or_nothing(archive, name))
    except (OSError, *UNZIP_FAULTS) as error:
        raise InputError(f"is a damaged archive: {error}", file=path, mend="download it again") from None
    if "activities.csv" in names:
        return "strava"
    if health:
        return "apple"
    if polar:
        return "polar"
    if fitbit:
        return "fitbit"
    return "garmin" if any(n.endswith(".json") for n in names) else "activities"


def _of_strava(heading: str) -> bool:
    """Return whether the headings are those of Strava's list of activities, in any of its languages."""
    headings = {plain(cell.strip(' "')) for cell in heading.split(",")}
    return bool(headings & NAMES["id"]) and bool(headings & ELAPSED_NAMES)


_HEADINGS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("lovdal", lambda h: "nr. sessions" in h and "perceived recovery" in h),
    ("strava", _of_strava),
    ("intervals", lambda h: "icu_training_load" in h or ("restinghr" in h and "ctl" in h)),
    ("trainingpeaks", lambda h: "workoutday" in h or ("timestamp" in h and "type" in h)),
    ("myfitnesspal", lambda h: "meal" in h and "calories" in h),
    ("cronometer", lambda h: "energy (kcal)" in h or "energy (kj)" in h),
)

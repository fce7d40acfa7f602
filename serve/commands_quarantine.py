"""The commands under `quarantine`: files that could not be read, why, another try, and away with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..data.errors import InputError
from ..data.names import counted
from .console import JsonFlag, StoreOption, out, print_json, speak
from .listing import Listing

if TYPE_CHECKING:
    from ..data.quarantine import Entry, Quarantine

quarantine = typer.Typer(cls=Listing, no_args_is_help=True, help="Files that could not be read.")
AthleteOption = Annotated[
    str | None,
    typer.Option(
        "--athlete", metavar="ID", help="Only the files of this athlete; everybody's where not given."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def quarantine_list(store: StoreOption, json: JsonFlag = False) -> None:
    """List the files of a store that could not be read, with the reason and what to type to try again.

    Example: heavylegs quarantine list --store stores/me
    """
    from dataclasses import asdict

    kept = _quarantine(store)
    entries = kept.entries()
    if json:
        print_json([asdict(e) for e in entries])
        return
    for entry in entries:
        speak(f"{entry.name}: {entry.reason}\n  {entry.command}")
    out.print(counted(len(entries), "file"), highlight=False)
    if entries:
        speak(
            f"each is a copy of the whole file, coordinates too, in {kept.folder}; `quarantine clear` removes them"
        )
    others = kept.elsewhere()
    if others:
        names = ", ".join(sorted(others))
        speak(f"{counted(others.total(), 'file')} of other stores in the same folder: {names}")


@quarantine.command("retry")
def quarantine_retry(
    store: StoreOption,
    athlete: AthleteOption = None,
) -> None:
    """Try to import the files of a store in quarantine again, each for its athlete and with the options that it came with.

    Those that can be read leave the quarantine. One of which an older version noted no athlete becomes that of --athlete.

    Example: heavylegs quarantine retry --store stores/me
    """
    from .commands_import import import_again

    kept = _quarantine(store)
    chosen = _chosen(kept, athlete)

    def again(entry: Entry) -> None:
        whose = entry.athlete or chosen
        if not whose:
            raise InputError(entry.reason)
        import_again(kept.path(entry), entry.command, whose, store)

    tried = kept.retry(again, chosen)
    out.print(
        f"{counted(len(tried.done), 'file')} imported, {len(tried.left)} still cannot be read",
        highlight=False,
    )
    if not chosen and any(not e.athlete for e in tried.left):
        speak("some do not tell whose they are: give --athlete ID")


@quarantine.command("clear")
def quarantine_clear(
    store: StoreOption,
    athlete: AthleteOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only shown.")] = False,
) -> None:
    """Show the copies of a store's files that could not be read, and with --yes remove them; your own files stay.

    Example: heavylegs quarantine clear --store stores/me --yes
    """
    kept = _quarantine(store)
    chosen = _chosen(kept, athlete)
    going = kept.clear(chosen) if yes else kept.entries(chosen)
    for entry in going:
        speak(f"{entry.name}: {entry.reason}")
    if not going:
        speak("0 files")
    elif yes:
        speak(f"{counted(len(going), 'copy', 'copies')} removed; your own files are untouched")
    else:
        speak(f"{counted(len(going), 'file')}; give --yes to remove the copies")


def _chosen(kept: Quarantine, athlete: str | None) -> str:
    """Return the athlete that is asked for, "" for everybody; InputError where no file of theirs waits, but others'."""
    from ..data.names import nearest_text, plain_name

    chosen = plain_name(athlete or "")
    known = dict.fromkeys(e.athlete for e in kept.entries())
    if chosen and known and not {chosen, ""} & known.keys():
        raise InputError(f"no file of athlete {chosen!r} waits", mend=nearest_text(chosen, known, ""))
    return chosen


def _quarantine(store: Path) -> Quarantine:
    """Return the quarantine beside a store, or that of an import of which nothing could be read."""
    from ..data.quarantine import Quarantine
    from ..data.store import Store

    beside = Quarantine.beside(store)
    if not beside.entries():
        Store(store).info()  # tells of a store that is none
    return beside

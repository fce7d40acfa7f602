"""The command `heavylegs`: run logs in, a forecast with its reasons out."""

from __future__ import annotations

import errno
import functools
import importlib
import sys
import warnings
from typing import Annotated

import typer

from .. import __version__
from ..data.errors import InputError
from .console import STOPPED
from .listing import Listing

_PLACE = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)

app = typer.Typer(
    name="heavylegs",
    cls=Listing,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Predict how tired a runner will wake up tomorrow, and say why.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"heavylegs {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Predict how tired a runner will wake up tomorrow, and say why."""


@functools.cache
def _register() -> None:
    """Let each module of commands add its own; they load pandas and MLflow only when a command runs."""
    names = (
        "data",
        "note",
        "forget",
        "quarantine",
        "features",
        "model",
        "forecast",
        "what_if",
        "squad",
        "review",
        "models",
        "tune",
        "effects",
        "audit",
        "demo",
    )
    for name in names:
        importlib.import_module(f".commands_{name}", __package__).register(app)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code: 0 done, 1 failed, 2 the input cannot be used, 130 stopped."""
    _register()
    warnings.filterwarnings("ignore", ".*being processed by the workers have been cancelled")  # after Ctrl-C
    try:
        code = app(args=arguments, prog_name="heavylegs", standalone_mode=False)
    except InputError as error:
        for line in str(error).split("\n"):
            sys.stderr.write(f"heavylegs: {line}\n")
        return 2
    except typer.Abort:
        code = STOPPED
    except OSError as error:
        if error.errno not in _PLACE:
            raise
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"heavylegs: {place}{error.strerror} (give another place)\n")
        return 2
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # what stands there is the help itself
            sys.stderr.write(f"{error}\n")
            return 2
        if type(error).__module__.startswith(("click", "typer")):
            sys.stderr.write(f"heavylegs: {_usage(error)}\n")
            return 2
        if type(error).__module__.startswith("mlflow."):  # a server or database of MLflow's, not our fault
            sys.stderr.write(
                f"heavylegs: MLflow failed: {(str(error).splitlines() or ['it does not say why'])[0]}\n"
            )
            return 1
        raise
    if code == STOPPED:
        sys.stderr.write("heavylegs: stopped\n")
    return int(code or 0)


def _usage(error: Exception) -> str:
    text = error.format_message() if hasattr(error, "format_message") else str(error)
    command = getattr(getattr(error, "ctx", None), "command_path", "heavylegs")
    return f"{text} (see {command} --help)"


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main())

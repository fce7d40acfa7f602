"""Fetching the public data sets: from their own addresses, checked, unpacked into a cache folder."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import InputError

_CACHE_VARIABLE = "HEAVYLEGS_CACHE"
_UNPACKED_LIMIT = 20_000_000_000  # bytes; PMData with its minute-level files has 3 GB


@dataclass(frozen=True)
class DataSet:
    """A public data set and how to get it.

    Parameters
    ----------
    url : str
        The archive.
    page : str
        Where a person can download it by hand.
    licence : str
        Its terms and whom to credit, shown before anything is fetched.
    digest : str or None
        ``algorithm:hex`` of the archive; None where its publisher states none and it may change.
    members : tuple of str
        Patterns of the files in the archive that a reader uses; nothing else is unpacked.
    """

    url: str
    page: str
    licence: str
    digest: str | None
    members: tuple[str, ...]


DATASETS: dict[str, DataSet] = {
    "pmdata": DataSet(
        url="https://datasets.simula.no/downloads/pmdata.zip",  # 1.4 GB, most of it pictures of food
        page="https://datasets.simula.no/pmdata (files also at https://osf.io/vx4bk)",
        licence=(
            "PMData (Thambawita et al., PMData: a sports logging dataset, MMSys 2020, doi:10.1145/3339825.3394926). "
            "Its page says CC BY 4.0, other places of publication CC BY-NC 4.0: take the stricter, "
            "name the authors and make no commercial use. 1.4 GB."
        ),
        digest=None,
        members=(
            "*p[0-9][0-9]/pmsys/*.csv",
            "*p[0-9][0-9]/googledocs/reporting.csv",
            "*p[0-9][0-9]/fitbit/exercise.json",
            "*p[0-9][0-9]/fitbit/sleep.json",
            "*p[0-9][0-9]/fitbit/resting_heart_rate.json",
            "*participant-overview.xlsx",
        ),
    ),
    "soccermon": DataSet(
        url="https://zenodo.org/records/10033832/files/subjective.zip",
        page="https://doi.org/10.5281/zenodo.10033832",
        licence=(
            "SoccerMon (Midoglu et al., Scientific Data 11, 553, 2024), doi:10.5281/zenodo.10033832, CC BY 4.0: "
            "name the authors. 0.7 MB (the subjective part)."
        ),
        digest="sha256:338e9878fbed1f941cfc37b3f012cb356f97cc0f726e80a79aa5c8e67cc2a87c",
        members=("*wellness/*.csv", "*training-load/*.csv"),
    ),
    "lovdal2021": DataSet(
        url="https://dataverse.nl/api/access/dataset/:persistentId/?persistentId=doi:10.34894/UWU9PV",
        page="https://doi.org/10.34894/UWU9PV",
        licence=(
            "Replication data for 'Injury prediction in competitive runners with machine learning' "
            "(Lovdal, den Hartigh, Azzopardi, IJSPP 2021), doi:10.34894/UWU9PV, CC0 1.0. 20 MB."
        ),
        digest=None,  # the archive is packed anew at each download
        members=("*day_approach_maskedID_timeseries.csv",),
    ),
}


def cache_folder() -> Path:
    """Return where data sets are kept: ``HEAVYLEGS_CACHE``, else the user's cache folder."""
    import pooch

    return Path(os.environ.get(_CACHE_VARIABLE) or pooch.os_cache("heavylegs"))


def fetch(name: str, folder: Path | None = None, accept: bool = False, progress: bool = True) -> Path:
    """Download and unpack a data set, once.

    Parameters
    ----------
    name : str
        One of `DATASETS`.
    folder : Path, optional
        Where to keep it; default `cache_folder`.
    accept : bool
        Whether the user accepts the licence; nothing is fetched otherwise.
    progress : bool
        Whether to draw a progress bar on the terminal's error stream.

    Returns
    -------
    Path
        The folder to give to the reader of that name.

    Raises
    ------
    InputError
        An unknown name, a licence not accepted, no network, an archive that is not the published one or
        that would write outside its folder.
    """
    if name not in DATASETS:
        raise InputError(f"there is no data set {name!r} to fetch", mend=f"one of {', '.join(DATASETS)}")
    data = DATASETS[name]
    root = folder or cache_folder()
    home = root / name
    if home.is_dir():
        return home
    if not accept:
        raise InputError(f"{data.licence} Nothing was fetched", mend="accept the licence to fetch it: --yes")
    try:
        root.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=f".{name}-", dir=root)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", file=root, mend=f"set {_CACHE_VARIABLE}"
        ) from None
    with scratch as work:
        archive = _download(data, Path(work), progress)
        unpacked = Path(work) / "unpacked"
        _unpack(archive, unpacked, data)
        with contextlib.suppress(FileExistsError):
            os.replace(unpacked, home)
    return home


def _download(data: DataSet, work: Path, progress: bool) -> Path:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    try:
        with _bar() if progress else contextlib.nullcontext(False) as bar:
            downloader = pooch.HTTPDownloader(progressbar=bar, timeout=60)
            return Path(
                pooch.retrieve(data.url, data.digest, fname="archive.zip", path=work, downloader=downloader)
            )
    except ValueError:
        raise InputError(
            f"{data.url} is not the published archive: its {data.digest} does not match",
            mend=f"download it by hand from {data.page}",
        ) from None
    except OSError as error:  # also every error of the network
        raise InputError(
            f"{data.url} could not be fetched ({type(error).__name__})",
            mend=f"download it by hand from {data.page}, unpack it and import the folder",
        ) from None


class _Bar:
    """What pooch asks of a progress bar, drawn by rich."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task = bar.add_task("fetching", total=None)
        self.total = 0

    def update(self, size: int) -> None:
        self._bar.update(self._task, advance=size, total=self.total or None)

    def reset(self) -> None:
        self._bar.reset(self._task)

    def close(self) -> None:
        self._bar.stop()


@contextlib.contextmanager
def _bar() -> Iterator[_Bar]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        yield _Bar(bar)


def _unpack(archive: Path, target: Path, data: DataSet) -> None:
    """Unpack the members a reader uses, after all of the archive was found harmless."""
    try:
        with zipfile.ZipFile(archive) as bundle:
            for member in bundle.infolist():
                if _climbs(member):
                    raise InputError(
                        f"refused: the archive would write to {member.filename!r}", file=data.url
                    )
            wanted = [
                m for m in bundle.infolist() if any(fnmatch.fnmatch(m.filename, p) for p in data.members)
            ]
            if sum(m.file_size for m in wanted) > _UNPACKED_LIMIT:
                raise InputError("refused: the archive unpacks to over 20 GB", file=data.url)
            if not wanted:
                raise InputError("the archive holds none of the files expected", file=data.url)
            for member in wanted:
                file = target / member.filename
                file.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(member) as source, open(file, "wb") as out:
                    shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise InputError(
            f"is not a sound zip archive: {error}",
            file=data.url,
            mend=f"download it by hand from {data.page}",
        ) from None
    except OSError as error:
        raise InputError(
            f"cannot be unpacked: {error.strerror}", file=target.parent, mend="make room"
        ) from None


def _climbs(member: zipfile.ZipInfo) -> bool:
    """Return whether a member would be written outside of the folder it is unpacked in."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if stat.S_ISLNK(member.external_attr >> 16) or path.is_absolute():
        return True
    return ".." in path.parts or any(":" in part for part in path.parts)

"""Fetching, from a server on this machine's own loopback."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import io
import threading
import zipfile

import pytest
from heavylegs.data import fetch as module
from heavylegs.data.errors import InputError
from heavylegs.data.fetch import DATASETS, fetch
from heavylegs.data.readers import READERS


@pytest.fixture
def serve(monkeypatch):
    """Return a function that puts bytes at SoccerMon's address, served from loopback."""
    contents: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = contents.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def put(body: bytes | None, digest: str | None = None) -> None:
        if body is not None:
            contents["/data.zip"] = body
        address = f"http://127.0.0.1:{server.server_port}/data.zip"
        monkeypatch.setitem(
            DATASETS, "soccermon", dataclasses.replace(DATASETS["soccermon"], url=address, digest=digest)
        )

    yield put
    server.shutdown()
    thread.join()
    server.server_close()


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name, text in members.items():
            bundle.writestr(name, text)
    return buffer.getvalue()


GOOD = archive(
    **{
        "subjective/wellness/fatigue.csv": "Date,TeamA-1\n01.06.2021,3\n",
        "subjective/game-performance/scores.csv": "unused",
    }
)


def test_a_data_set_is_fetched_once_and_ready_for_its_reader(serve, tmp_path):
    serve(GOOD, "sha256:" + hashlib.sha256(GOOD).hexdigest())
    home = fetch("soccermon", tmp_path, accept=True, progress=False)
    assert len(READERS["soccermon"](home).tables["ratings"]) == 1
    assert [p.name for p in home.rglob("*.csv")] == ["fatigue.csv"]
    serve(b"gone bad")
    assert fetch("soccermon", tmp_path, progress=False) == home
    assert [p.name for p in tmp_path.iterdir()] == ["soccermon"]


def test_the_progress_bar_goes_to_the_error_stream(serve, tmp_path, capsys):
    serve(GOOD)
    fetch("soccermon", tmp_path, accept=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


def test_nothing_is_fetched_before_the_licence_is_accepted(serve, tmp_path):
    serve(GOOD)
    with pytest.raises(InputError, match=r"CC BY 4.0.*Nothing was fetched.*accept"):
        fetch("soccermon", tmp_path, progress=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "digest", "message"),
    [
        (
            archive(**{"../climbed/wellness/fatigue.csv": "x"}),
            None,
            r"refused: .* '../climbed/wellness/fatigue.csv'",
        ),
        (archive(**{"/etc/wellness/fatigue.csv": "x"}), None, "refused"),
        (archive(**{"C:/wellness/fatigue.csv": "x"}), None, "refused"),
        (archive(**{"a\\..\\..\\wellness/fatigue.csv": "x"}), None, "refused"),
        (archive(**{"readme.txt": "x"}), None, "none of the files expected"),
        (GOOD, "sha256:" + "0" * 64, "is not the published archive.*by hand from https://doi.org"),
        (GOOD[:-30], None, "not a sound zip"),
        (None, None, r"could not be fetched \(HTTPError\) \(download it by hand from https://doi.org"),
    ],
)
def test_a_bad_archive_leaves_nothing_behind(serve, tmp_path, body, digest, message):
    serve(body, digest)
    with pytest.raises(InputError, match=message):
        fetch("soccermon", tmp_path / "cache", accept=True, progress=False)
    assert list((tmp_path / "cache").iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["cache"]


def test_no_network_names_the_page_to_download_from(monkeypatch, tmp_path):
    unreachable = dataclasses.replace(DATASETS["pmdata"], url="http://127.0.0.1:9/pmdata.zip")
    monkeypatch.setitem(DATASETS, "pmdata", unreachable)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(InputError, match=r"ConnectionError.*by hand from https://datasets.simula.no/pmdata"):
        fetch("pmdata", tmp_path, accept=True, progress=False)


def test_unknown_names_and_unwritable_folders(monkeypatch, tmp_path):
    with pytest.raises(InputError, match="no data set 'lovdal'"):
        fetch("lovdal")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEAVYLEGS_CACHE", str(tmp_path / "file"))
    assert module.cache_folder() == tmp_path / "file"
    with pytest.raises(InputError, match=r"cannot be written.*HEAVYLEGS_CACHE"):
        fetch("soccermon", accept=True, progress=False)

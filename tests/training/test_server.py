"""An MLflow server serves as well as the file, and four trainings at once lose nothing on either."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.matrix import build_matrix
from heavylegs.serve.cli import main
from heavylegs.training import champions, registry, tracking
from heavylegs.training.train import train

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="trains in forked processes")
NAME = "heavylegs-simulated-evening"
# Forks after the slow imports and before any connection or thread.
FOUR_AT_ONCE = """
import os, sys, traceback
import heavylegs.features.matrix, heavylegs.training.tracking as tracking
from heavylegs.data.store import Store
from heavylegs.features.catalog import catalog
from heavylegs.training.train import train
tracking.mlflow_module(); catalog()
import mlflow.data.pandas_dataset, mlflow.pyfunc, mlflow.store.tracking.sqlalchemy_store
codes = []
for uri in sys.argv[2:]:
    os.environ["MLFLOW_TRACKING_URI"] = uri
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            try:
                train(Store(sys.argv[1]).read(), parameters={"trees": 5, "bags": 1})
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
    codes += [os.waitpid(c, 0)[1] for c in children]
sys.exit(any(codes))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("data") / "store")
    store.write(simulate(athletes=3, days=45, seed=5, r2=0.5).cohort)
    return store


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real server on loopback, on a database that is there already: migrating one is not what is tested."""
    home = tmp_path_factory.mktemp("server")
    database = f"sqlite:///{home / 'mlflow.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", database)
        tracking.connect()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "--backend-store-uri": database,
        "--artifacts-destination": str(home / "artifacts"),
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "1",
    }
    off = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    command = [sys.executable, "-m", "mlflow", "server", "--serve-artifacts", *sum(options.items(), ())]
    with open(home / "log", "wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **off}, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process, home / "log")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_for(address: str, process, log) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1).close()  # noqa: S310  # ours
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture
def at(monkeypatch):
    """Returns a function that points MLflow at an address; afterwards it points where it did."""
    yield lambda uri: monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.undo()
    tracking.mlflow_module()


def test_training_loading_promoting_and_going_back_work_on_a_server(server, store, at, capsys):
    at(server)
    cohort = store.read()
    trained = train(cohort, parameters={"trees": 5, "bags": 1})
    assert trained.model_uri == f"models:/{NAME}/1"
    matrix = build_matrix(cohort)
    again = registry.load_model(trained.model_uri)
    np.testing.assert_array_equal(again.predict(matrix), trained.forecaster.predict(matrix))
    second = train(cohort, parameters={"trees": 5, "bags": 1})
    assert not second.champion
    assert main(["promote", second.model_uri, "--store", str(store.path)]) == 1
    champions.crown(NAME, "1")
    champions.crown(NAME, "2")
    assert main(["promote", second.model_uri, "--store", str(store.path)]) == 0
    assert main(["models", "rollback", NAME]) == 0
    assert champions.champions()[NAME] == "1"
    assert main(["models", "show", NAME]) == 0
    printed = capsys.readouterr().out
    assert "is the champion already" in printed
    assert "No medical advice" in printed
    assert "View run" not in printed


def test_four_trainings_at_once_lose_nothing(server, store, at, tmp_path):
    at(server)
    before = len(registry.versions(NAME)) if registry.versions() else 0
    file = f"sqlite:///{tmp_path / 'mlflow.db'}"
    done = subprocess.run(
        [sys.executable, "-c", FOUR_AT_ONCE, str(store.path), file, server],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    for uri, there in ((file, 0), (server, before)):
        at(uri)
        versions = registry.versions(NAME)[:4]
        assert [int(v.version) for v in versions] == list(range(there + 4, there, -1))
        assert len({v.run_id for v in versions}) == 4
        client = tracking.connect()
        for version in versions:
            told = registry.shown(version)
            assert client.get_run(version.run_id).info.status == "FINISHED"
            assert told["card"]
            assert len(told["figures"]) == 3
            assert told["metrics"]["rmse"] > 0
            assert version.tags["verdict"]
            assert registry.load_model(f"models:/{NAME}/{version.version}").told["cohort"] == "simulated"

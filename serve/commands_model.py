"""Commands that learn and judge: train, evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from ..data.errors import InputError
from .chosen import InformationOption, information_set
from .console import (
    JsonFlag,
    StoreOption,
    choice,
    day,
    evaluation_table,
    print_json,
    require_heeded,
    show,
    speak,
    working,
)

ParamsOption = Annotated[
    Path | None, typer.Option("--params", metavar="FILE.json", help="Parameters, as tune --out writes them.")
]

# -- what evaluate holds out: the parts of a Plan ---
ProtocolOption = Annotated[
    str, typer.Option(metavar="NAME", help="'known' athletes forward in time, or 'new' athletes.")
]
CutoffOption = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="First morning to forecast; each one's last 30 % if absent."),
]
BlocksOption = Annotated[
    int | None, typer.Option(metavar="N", help="Known: so many blocks, learned anew before each.")
]
EveryOption = Annotated[
    int | None, typer.Option(metavar="DAYS", help="Known: blocks of so many days instead.")
]
FoldsOption = Annotated[
    str | None,
    typer.Option(metavar="N|loo", help="New: folds of athletes (5), or leave one out at a time."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (train, evaluate):
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

    known = information_set(information)
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
    speak(
        f"MLflow run {trained.run_id}\nmodel {trained.model_uri}"
        f"{' (champion)' if trained.champion else ''}\n{trained.verdict.reason}\n"
        f"skill {record['skill']:+.3f} ({record['skill_low']:+.3f} to {record['skill_high']:+.3f}) "
        f"against {record['best_baseline']}, cohort {record['cohort']}, known athletes, {information} information"
    )


def evaluate(
    store: StoreOption,
    protocol: ProtocolOption = "known",
    cutoff: CutoffOption = None,
    blocks: BlocksOption = None,
    every: EveryOption = None,
    folds: FoldsOption = None,
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
    from ..data.store import Store
    from ..features.store_matrix import matrix_of_store
    from ..training.evaluate import evaluate as judge
    from ..training.splits import Plan
    from .evaluation import tell
    from .files import check_place, write_json

    known = information_set(information)
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
        write_json(json, records)
    tell(records)


def _parameters(tuned: bool, file: Path | None) -> Any:
    """Return the estimator's parameters, or what finds them, or None for its defaults."""
    if tuned:
        require_heeded("beside --tuned", "leave one out", params=file)
        from ..training.tune import tuned as found

        return found
    if file is None:
        return None
    from ..training.space import read_parameters

    return read_parameters(file)


def _folds(text: str | None) -> int | Literal["loo"] | None:
    if text is None:
        return None
    if text == "loo":
        return "loo"
    if not text.isdecimal():
        raise InputError(f"--folds {text!r} is no number", mend="a number such as 5, or loo")
    return int(text)

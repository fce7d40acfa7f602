"""The battery judges rightly: what is true passes, what is false is caught."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import FACTORS, Simulation, simulate
from heavylegs.data.store import Store
from heavylegs.features.matrix import Matrix, build_matrix
from heavylegs.models.forecaster import Forecaster
from heavylegs.serve.cli import main
from heavylegs.training.audit import audit_attribution
from heavylegs.training.audit_bars import at_least, at_most
from heavylegs.training.audit_curve import COMPLETE, GRADES, LINES, Setting, measure, summary
from heavylegs.training.audit_fits import fit_causes
from heavylegs.training.audit_page import WRITER, write
from heavylegs.training.audit_truth import agreement
from heavylegs.training.markdown import marks


@pytest.fixture(scope="module")
def season() -> Simulation:
    return simulate(athletes=16, days=100, seed=3, r2=0.7, gaps=0.2, gaps_when_tired=0.2)


def quick(matrix: Matrix) -> Forecaster:
    return Forecaster.fit(
        matrix, trees=60, bags=1, starts=(0.0,), learning_rate=0.12, column_share=0.3, leaves=6
    )


@pytest.fixture(scope="module")
def record(season: Simulation) -> dict:
    return audit_attribution(season.cohort, season.truth, bootstraps=2, fit=quick)


def truth_and_owner(season: Simulation) -> tuple[pd.DataFrame, np.ndarray]:
    return season.truth[list(FACTORS)], season.truth["athlete_id"].to_numpy()


def test_the_truth_itself_passes_every_figure(season: Simulation) -> None:
    truth, owner = truth_and_owner(season)
    told = agreement(truth, truth, owner)
    assert told["sign"] == told["top_1"] == told["top_3"] == 1.0
    assert all(f["slope"] == pytest.approx(1.0) for f in told["factors"] if f["slope"] is not None)
    assert sum(f["share_true"] for f in told["factors"]) == pytest.approx(1.0)


def test_half_of_the_truth_keeps_its_order_and_shows_in_the_slope(season: Simulation) -> None:
    truth, owner = truth_and_owner(season)
    told = agreement(truth / 2, truth, owner)
    assert told["top_1"] == 1.0
    assert all(f["slope"] == pytest.approx(2.0) for f in told["factors"] if f["slope"] is not None)


def test_points_turned_round_have_every_sign_wrong(season: Simulation) -> None:
    truth, owner = truth_and_owner(season)
    assert agreement(-truth, truth, owner)["sign"] == 0.0


def test_credit_given_to_the_wrong_factor_is_seen(season: Simulation) -> None:
    truth, owner = truth_and_owner(season)
    swapped = truth.rename(columns={"heat_stress": "poor_sleep", "poor_sleep": "heat_stress"})[list(FACTORS)]
    told = {f["factor"]: f["within"] for f in agreement(swapped, truth, owner)["factors"]}
    assert told["muscle_damage"] > 0.99
    assert told["poor_sleep"] < 0.3


def test_a_factor_without_a_bar_is_not_judged(season: Simulation) -> None:
    truth, owner = truth_and_owner(season)
    told = agreement(truth.assign(fast_start=np.nan), truth, owner)
    assert next(f for f in told["factors"] if f["factor"] == "fast_start")["within"] is None
    assert told["top_1"] == 1.0


def test_the_largest_factors_of_unseen_athletes_are_recovered(record: dict) -> None:
    usual = record["truth"]["usual"]
    assert record["truth"]["r2"] == pytest.approx(0.7, abs=0.05)
    assert usual["sign"] > 0.7  # .74 to .86, by seed: twelve learners and sixty trees
    assert usual["top_3"] > 0.5
    large = [f["within"] for f in usual["factors"] if f["share_true"] > 0.05 and f["within"] is not None]
    assert np.median(large) > 0.7


def test_what_must_hold_on_any_cohort_holds(record: dict) -> None:
    assert record["additivity"]["largest_gap"] < 1e-6
    assert record["duplicate"]["correlation"] > 0.9
    assert record["dummy"]["mean_points"] < record["dummy"]["mean_points_of_inputs"]
    assert record["shuffled_labels"]["share_left"] < 0.8
    assert record["deletion"]["area"] > 0
    assert record["deletion"]["rmse"] < record["deletion"]["rmse_without_all"]
    assert record["refits"]["median_correlation"] > 0.2
    assert record["stability"]["correlation"] > 0.5


def test_beside_each_bar_against_the_truth_stands_what_the_log_lets_anyone_reach(record: dict) -> None:
    told = {bar["name"]: bar["logged"] for bar in record["bars"]}
    assert told["correlation, median factor"] > 0.9
    assert told["true top factor first"] > record["truth"]["usual"]["top_1"]
    assert told["points add up to the forecast, gap"] is None


def test_everybody_is_judged_once_while_factors_are_deleted(record: dict) -> None:
    told = record["deletion"]
    assert told["athletes"] == record["athletes_learned"] + record["athletes_explained"]
    assert told["folds"] == 5
    assert told["deleted"][0] == told["inserted"][-1] == told["rmse"]
    assert told["deleted"][-1] == told["inserted"][0] == told["rmse_without_all"]


def test_less_sleep_less_fluid_and_more_heat_do_not_lower_the_forecast(record: dict) -> None:
    for name, told in record["responses"].items():
        assert told["changed"] >= 5, name
        assert told["share_not_lowered"] == 1.0, (name, told)
        assert told["mean_change"] > 0, name


def test_the_command_writes_the_record_and_prints_the_verdicts(tmp_path, season, capsys) -> None:
    store = Store(tmp_path / "store")
    few = season.cohort.subset([f"sim-{i:04d}" for i in range(1, 5)])
    store.write(few, truth=season.truth)
    asked = ["audit", "attribution", "--store", str(store.path), "--json", str(tmp_path / "audit.json")]
    assert main([*asked, "--part", "truth", "--part", "additivity"]) == 0
    record = json.loads((tmp_path / "audit.json").read_text())
    assert {"truth", "additivity", "bars"} <= set(record)
    assert "deletion" not in record
    printed = capsys.readouterr().out
    assert "points add up" in printed
    assert "what the log tells" in printed


def test_what_was_never_logged_cannot_be_altered(season: Simulation) -> None:
    cohort = season.cohort.subset([f"sim-{i:04d}" for i in range(1, 6)])
    dry = replace(cohort, diary=cohort.diary.assign(fluid_ml=np.nan))
    told = audit_attribution(dry, fit=quick, parts=("responses",))
    assert told["responses"]["one litre less fluid"]["share_not_lowered"] is None
    assert {b["name"]: b["passed"] for b in told["bars"]}[
        "one litre less fluid never lowers the forecast"
    ] is None


def test_a_page_holds_the_measured_figures_and_keeps_what_is_written_by_hand(tmp_path, record: dict) -> None:
    empty = [
        "\nold\n".join(marks(name, WRITER))
        for name in ("curve noise", "factors", "battery", "curve grade", "doses", "curve draws")
    ]
    page = tmp_path / "attribution.md"
    page.write_text("\n".join(["by hand", *empty, "also by hand"]))
    point = measure(Setting(athletes=6, days=80), quick)
    points = [{"along": "noise", "fit": "product", **point}]
    points += [
        {"along": "grade", "fit": "product", **point, "setting": asdict(grade)} for grade in GRADES.values()
    ]
    points += [{"along": "draws", "fit": "product", **point, "setting": asdict(d)} for d in LINES["draws"]]
    curve = {"curve": ["noise", "grade", "draws"], "points": points}
    for name, told in (("curve.json", curve), ("audit.json", record)):
        (tmp_path / name).write_text(json.dumps(told))
    write(page, [tmp_path / "curve.json", tmp_path / "audit.json"])
    text = page.read_text()
    assert text.startswith("by hand")
    assert text.endswith("also by hand")
    assert "old" not in text
    assert "`heat_stress`" in text
    assert "| points add up to the forecast, gap | at most 1e-06 |" in text
    assert all(f"| product | {grade} |" in text for grade in GRADES)
    assert "| factor | share | *log*, a | *log*, b | *log*, c | *log*, d | *log*, e | product, a |" in text
    assert all(f"| product | {draw.seed} |" in text for draw in LINES["draws"])
    assert (tmp_path / "figures" / "attribution-noise.svg").read_text().startswith("<svg")
    assert not (tmp_path / "figures" / "attribution-draws.svg").exists()
    assert point["ceiling"]["top_3"] > point["usual"]["top_3"]


def test_the_fit_made_for_reasons_follows_the_causes_alone(season: Simulation) -> None:
    few = season.cohort.subset([f"sim-{i:04d}" for i in range(1, 5)])
    matrix = build_matrix(few, "morning").labelled()
    model = fit_causes(matrix)
    assert model.causes is not None
    np.testing.assert_allclose(model.predict(matrix), model.causes.predict(matrix), atol=1e-9)
    factors = [f.factor for f in model.causes.doses]
    assert len(factors) == len(set(factors)) == len(FACTORS)


def test_a_cohort_of_three_is_refused(season: Simulation) -> None:
    with pytest.raises(InputError, match="3 athletes"):
        audit_attribution(season.cohort.subset(["sim-0001", "sim-0002", "sim-0003"]), season.truth)


def test_each_grade_adds_one_cause_of_error_to_the_one_before() -> None:
    """From people alike in complete exact logs to the default cohort."""
    settings = [asdict(grade) for grade in GRADES.values()]
    changed = [{k for k in one if one[k] != other[k]} for one, other in pairwise(settings)]
    assert changed == [
        {"sensitivity_spread"}, {"log_errors"}, {"gaps", "gaps_when_tired"}, {"sensitivity_spread"},
    ]  # fmt: skip


def test_on_exact_logs_of_people_alike_the_log_tells_every_large_factor() -> None:
    """What is missing there is the fit's to mend, not the log's: the bars of issue 6 can be met."""
    ideal = replace(COMPLETE, athletes=16, days=120)
    told = summary(measure(ideal, quick), "logged")
    assert told["lowest"] > 0.9
    assert told["median"] > 0.95
    assert told["sign"] > 0.95
    assert told["top_1"] > 0.75
    assert told["top_3"] > 0.95


def test_what_cannot_be_measured_neither_passes_nor_fails() -> None:
    for value in (None, float("nan")):
        for bar in (at_least("gap", value, 0.5), at_most("gap", value, 0.5)):
            assert (bar.value, bar.passed) == (None, None)

"""Apple Health's export.xml: a stream of records becomes days, nights and workouts."""

from __future__ import annotations

import tracemalloc
import zipfile

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.readers.apple_health import read_apple_health
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

DTD = "<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: 3 -->\n<!ELEMENT HealthData (ExportDate)>\n<!ATTLIST HealthData locale CDATA #REQUIRED\n]>\n"


def quantity(kind: str, value: object, unit: str, start: str, source: str = "Ann's Watch") -> str:
    return (
        f'<Record type="HKQuantityTypeIdentifier{kind}" sourceName="{source}" unit="{unit}" '
        f'startDate="{start}" endDate="{start}" value="{value}"/>'
    )


def sleep(start: str, end: str, stage: str = "AsleepCore", source: str = "Watch") -> str:
    return (
        f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{source}" startDate="2024-03-{start}:00 +0100" '
        f'endDate="2024-03-{end}:00 +0100" value="HKCategoryValueSleepAnalysis{stage}"/>'
    )


@pytest.fixture
def export(tmp_path):
    """Return a function that writes an export.xml of elements and returns its path."""

    def write(*elements: str, prolog: str = DTD):
        file = tmp_path / "export.xml"
        body = "\n ".join(elements)
        file.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n{prolog}<HealthData locale="en_GB">\n {body}\n</HealthData>\n',
            encoding="utf-8",
        )
        return file

    return write


def cohort_of(path) -> Cohort:
    return accounted(read_apple_health(path, athlete="ann"))


DAY = "2024-03-02 07:00:00 +0100"


@pytest.mark.parametrize(
    ("kind", "value", "unit", "column", "expected"),
    [
        ("BodyMass", 140, "lb", "mass_kg", 63.5029),
        ("BodyMass", 63.5, "kg", "mass_kg", 63.5),
        ("BodyFatPercentage", 0.185, "%", "body_fat_pct", 18.5),
        ("DietaryWater", 8, "fl_oz_us", "fluid_ml", 236.588),
        ("DietaryWater", 1.5, "L", "fluid_ml", 1500),
        ("DietaryEnergyConsumed", 8368, "kJ", "energy_intake_kcal", 2000),
        ("DietarySodium", 2.3, "g", "sodium_mg", 2300),
        ("DietaryVitaminB12", 2.4, "mcg", "vitamin_b12_ug", 2.4),
        ("DietaryIron", 8000, "mcg", "iron_mg", 8),
        ("RestingHeartRate", 48, "count/min", "resting_hr_bpm", 48),
    ],
)
def test_units_become_canonical(export, kind, value, unit, column, expected):
    diary = cohort_of(export(quantity(kind, value, unit, DAY))).diary
    assert diary[column].tolist() == pytest.approx([expected], rel=1e-4)


def test_days_are_those_of_the_offset_and_sources_do_not_add_up(export):
    steps = [
        quantity("StepCount", 3000, "count", "2024-03-02 00:30:00 +0900", "Phone"),
        quantity("StepCount", 2500, "count", "2024-03-02 20:00:00 +0900", "Watch"),
        quantity("StepCount", 2500, "count", "2024-03-02 21:00:00 +0900", "Watch"),
    ]
    cohort = cohort_of(export(*steps))
    assert cohort.diary[["day", "steps"]].to_numpy().tolist() == [[pd.Timestamp("2024-03-02"), 5000]]


@pytest.mark.parametrize("zone", ["+1300", "-0800", "+0000"])
def test_a_night_and_a_nap_are_by_the_clock_where_they_were_slept(export, zone):
    night = sleep("02 23:00", "03 07:00").replace("+0100", zone)
    nap = sleep("03 13:00", "03 14:00").replace("+0100", zone)
    diary = cohort_of(export(night, nap)).diary
    assert diary[["day", "sleep_h"]].values.tolist() == [[pd.Timestamp("2024-03-03"), 8.0]]


def test_a_count_of_nothing_is_no_day_without_a_step_or_a_drink(export):
    nothing = (
        quantity(kind, 0, unit, DAY) for kind, unit in (("StepCount", "count"), ("DietaryWater", "mL"))
    )
    diary = cohort_of(export(*nothing, quantity("BodyMass", 70, "kg", DAY))).diary
    assert diary[["steps", "fluid_ml"]].isna().all(axis=None)
    assert diary["mass_kg"].tolist() == [70]


def test_records_in_a_correlation_stand_outside_it_too(export):
    meal = quantity("DietaryCarbohydrates", 60, "g", DAY)
    cohort = cohort_of(
        export(f'<Correlation type="HKCorrelationTypeIdentifierFood">{meal}</Correlation>', meal)
    )
    assert cohort.diary["carbohydrate_g"].tolist() == [60]


def test_what_is_left_out_is_told(export):
    path = export(
        quantity("HeartRateVariabilitySDNN", 55, "ms", DAY),
        quantity("BodyMass", 60, "kg", DAY),
        quantity("BodyMass", 61, "kg", "2024-03-02 19:00:00 +0100"),
        quantity("BodyMass", 9, "firkin", DAY),
        quantity("StepCount", "many", "count", DAY),
        quantity("StepCount", 10, "count", "yesterday"),
        quantity("RestingHeartRate", 400, "count/min", DAY),
        quantity("HeartRate", 70, "count/min", DAY),
        sleep("01 23:00", "02 07:00", "InBed"),
    )
    report = read_apple_health(path, athlete="ann").report
    assert report.tables["diary"].left_out == {
        "heart rate variability as SDNN, which is not rMSSD": 1,
        "a later weighing of the same day": 1,
        "mass in an unknown unit ('firkin')": 1,
        "no number that can be read": 1,
        "no date that can be read": 1,
        "in bed or awake, not asleep": 1,
    }
    assert "1 record of 1 kind without a column, most of them HeartRate (1)" in report.notes
    assert "1 value of diary.resting_hr_bpm left empty: outside 25-120 bpm" in report.notes
    diary = cohort_of(path).diary
    assert diary["mass_kg"].tolist() == [60]
    assert diary["hrv_rmssd_ms"].isna().all()


NIGHTS = {
    "one night in stages, awake for half an hour": ([sleep("01 23:00", "02 02:00"), sleep("02 02:30", "02 06:30", "AsleepREM")], {2: 7.0}),
    "overlaps count once": ([sleep("01 23:00", "02 05:00"), sleep("02 01:00", "02 06:00")], {2: 7.0}),
    "the source that tells stages": ([sleep("01 22:00", "02 08:00", "AsleepUnspecified", "Phone"), sleep("01 23:00", "02 06:00")], {2: 7.0}),
    "without stages, the longest": ([sleep("01 22:00", "02 08:00", "Asleep", "A"), sleep("01 23:00", "02 06:00", "Asleep", "B")], {2: 10.0}),
    "a nap is none": ([sleep("01 23:00", "02 06:00"), sleep("02 13:00", "02 14:00")], {2: 7.0}),
    "after a night shift": ([sleep("02 12:00", "02 19:00")], {2: 7.0}),
    "asleep in the evening, then the night": ([sleep("01 20:00", "01 21:00"), sleep("01 23:30", "02 06:00")], {2: 7.5}),
    "two parts": ([sleep("01 22:00", "02 02:00"), sleep("02 05:00", "02 08:00")], {2: 7.0}),
    "two nights": ([sleep("01 23:00", "02 06:00"), sleep("02 23:00", "03 05:00")], {2: 7.0, 3: 6.0}),
}  # fmt: skip


@pytest.mark.parametrize("case", NIGHTS)
def test_a_night_belongs_to_the_day_of_waking(export, case):
    spells, expected = NIGHTS[case]
    diary = cohort_of(export(*spells)).diary
    assert dict(zip(diary["day"].dt.day, diary["sleep_h"], strict=True)) == expected


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spells=st.lists(
        st.tuples(st.integers(0, 5000), st.integers(1, 600), st.integers(0, 2)), min_size=1, max_size=25
    ),
    order=st.randoms(),
)
def test_no_night_is_longer_than_the_time_it_took(export, spells, order):
    base = pd.Timestamp("2024-03-02 12:00")
    elements = []
    for start, length, source in spells:
        a, b = base + pd.Timedelta(minutes=start), base + pd.Timedelta(minutes=start + length)
        elements.append(sleep(a.strftime("%d %H:%M"), b.strftime("%d %H:%M"), source=f"s{source}"))
    whole = cohort_of(export(*elements))
    assert (whole.diary["sleep_h"].dropna() <= 24).all()
    order.shuffle(elements)
    assert cohort_of(export(*elements)).digest() == whole.digest()


WORKOUT = """<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="40" durationUnit="min" sourceName="Ann's Watch"
 startDate="2024-03-01 23:30:00 -0500" endDate="2024-03-02 00:11:00 -0500">
 <MetadataEntry key="HKElevationAscended" value="12300 cm"/><MetadataEntry key="HKWeatherTemperature" value="50 degF"/>
 <MetadataEntry key="HKWeatherHumidity" value="8100 %"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5" unit="mi"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="150.5" minimum="90" maximum="172" unit="count/min"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="450" unit="kcal"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierBasalEnergyBurned" sum="60" unit="kcal"/></Workout>"""
COPY = """<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="2460" durationUnit="s" totalDistance="8.1" totalDistanceUnit="km"
 sourceName="Other app" startDate="2024-03-02 04:30:20 +0000" endDate="2024-03-02 05:11:20 +0000"/>"""


def test_a_workout_is_one_activity_even_where_two_apps_wrote_it(export):
    cohort = cohort_of(export(COPY, WORKOUT))
    run = cohort.activities.iloc[0]
    assert len(cohort.activities) == 1
    assert run[["sport", "duration_s", "moving_time_s", "hr_mean_bpm", "hr_max_bpm", "energy_kcal", "ascent_m"]].tolist() == [
        "running", 2460, 2400, 150.5, 172, 450 + 60, 123,
    ]  # fmt: skip
    assert run["distance_m"] == pytest.approx(8046.72)
    assert (run["day"], run["start_time"]) == (
        pd.Timestamp("2024-03-01"),
        pd.Timestamp("2024-03-02 04:30", tz="UTC"),
    )
    weather = cohort.weather.iloc[0]
    assert weather[["place_id", "temperature_c", "relative_humidity_pct"]].tolist() == [
        run["place_id"],
        10,
        81,
    ]


@pytest.mark.parametrize(
    ("start", "end", "one"),
    [
        ("07:01", "07:59", True),
        ("07:01", "07:31", False),
        ("07:03", "08:00", False),
        ("08:30", "09:30", False),
    ],
)
def test_workouts_are_copies_where_they_begin_together_and_last_as_long(export, start, end, one):
    def workout(begins: str, ends: str) -> str:
        day = "2024-03-02"
        return (
            f'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" startDate="{day} {begins}:00 +0100" '
            f'endDate="{day} {ends}:00 +0100"/>'
        )

    cohort = cohort_of(export(workout("07:00", "08:00"), workout(start, end)))
    assert len(cohort.activities) == (1 if one else 2)


def test_no_name_is_stored(export):
    cohort = cohort_of(
        export(
            WORKOUT,
            quantity("StepCount", 5, "count", DAY),
            '<Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>',
        )
    )
    assert not any("Ann" in frame.to_csv() for frame in cohort.tables().values())
    assert cohort.athletes["sex"].tolist() == ["female"]


def test_the_archive_reads_as_its_file_does(export, tmp_path):
    file = export(WORKOUT, quantity("BodyMass", 60, "kg", DAY))
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>" + " " * 100_000)
        archive.write(file, "apple_health_export/Exportación.xml")
    assert (
        cohort_of(tmp_path / "export.zip").digest()
        == cohort_of(file).digest()
        == cohort_of(tmp_path).digest()
    )


BOMB = '<!DOCTYPE HealthData [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE HealthData SYSTEM "file:///etc/passwd" [\n]>\n'


@pytest.mark.parametrize(
    ("elements", "prolog", "why"),
    [
        (['<Record type="&b;"/>'], BOMB, "defines entities"),
        ([], OUTSIDE, "a document type that no Apple export has"),
        ([], '<!DOCTYPE HealthData SYSTEM "x.dtd">\n', "document type"),
        (["<Record>"], DTD, "broken or cut-off XML: mismatched tag"),
        (['<Record type="&x;"/>'], DTD, "undefined entity"),
        (["<a>" * 40 + "</a>" * 40], DTD, "nested"),
    ],
)
def test_harmful_or_broken_xml_is_refused(export, elements, prolog, why):
    with pytest.raises(InputError, match=why):
        read_apple_health(export(*elements, prolog=prolog), athlete="ann")


def test_other_files_are_told(tmp_path):
    def refused(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError) as error:
            read_apple_health(tmp_path / name, athlete="ann")
        return str(error.value)

    assert "some converter made" in refused("StepCount.csv", b"date,value\n")
    assert "begins with <ClinicalDocument>" in refused("export_cda.xml", b"<ClinicalDocument/>")
    assert "no XML in UTF-8" in refused("utf16.xml", "<HealthData/>".encode("utf-16"))
    assert "no XML in UTF-8" in refused("empty.xml", b"")
    assert "Git LFS pointer" in refused("pointer.xml", b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(InputError, match="missing"):
        read_apple_health(tmp_path / "gone.xml", athlete="ann")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.xml", b"<HealthData>" + b" " * 3_000_000 + b"</HealthData>")
    with pytest.raises(InputError, match="times its size"):
        read_apple_health(tmp_path / "bomb.zip", athlete="ann")
    (tmp_path / "quiet.xml").write_bytes(b'<HealthData a="' + b"x" * 20_000_000)
    with pytest.raises(InputError, match="16 MB without an element"):
        read_apple_health(tmp_path / "quiet.xml", athlete="ann")


def test_stray_control_characters_are_passed_over(export):
    assert cohort_of(export(quantity("StepCount", 5, "count", DAY, "Watch\x0b\x01"))).diary[
        "steps"
    ].tolist() == [5]


def test_memory_stays_flat_over_a_long_export(export):
    days = pd.date_range("2020-01-01", periods=400).strftime("%Y-%m-%d")
    path = export(
        *[
            quantity("StepCount", 7, "count", f"{day} 07:{minute:02}:00 +0100")
            for day in days
            for minute in range(60)
        ]
    )
    tracemalloc.start()
    cohort = cohort_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert cohort.diary["steps"].tolist() == [420] * 400
    assert path.stat().st_size > 3_500_000
    assert peak < 15_000_000, "about the chunks in hand and the days, never the records"


def test_the_real_export(real_data):
    folder = real_data / "device_exports" / "apple_health"
    cohort = cohort_of(folder / "export6s3sample.xml")
    assert cohort.diary[["day", "steps"]].to_numpy().tolist() == [[pd.Timestamp("2014-09-13"), 2517]]
    workout = cohort.activities.iloc[0]
    assert workout[["sport", "duration_s"]].tolist() == ["other", 1904]
    assert workout["start_time"] == pd.Timestamp("2016-04-02 09:40:38", tz="UTC")
    assert cohort.athletes[["sex", "birth_year"]].to_numpy().tolist() == [["male", 1980]]
    for file in folder.glob("*.csv"):
        with pytest.raises(InputError, match="converter"):
            read_apple_health(file, athlete="ann")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), new=st.binary(min_size=1, max_size=4), cut=st.booleans())
def test_damage_is_told_or_harmless(export, at, new, cut):
    file = export(WORKOUT, sleep("01 23:00", "02 06:00"), quantity("BodyMass", 60, "kg", DAY))
    data = file.read_bytes()
    place = int(at * len(data))
    file.write_bytes(data[:place] + new + (b"" if cut else data[place + len(new) :]))
    try:
        imported = read_apple_health(file, athlete="ann")
    except InputError:
        return
    Cohort.from_tables("own", imported.tables)

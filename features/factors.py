"""The 22 factors that the five articles name, and the two groups that make the parts add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal[
    "fuel", "metabolic", "muscle", "heat and fluid", "training", "recovery", "own state", "other"
]

ARTICLES: dict[str, str] = {
    "A0": "Why Am I So Tired After Running A Mile",
    "A1": "What Causes Extreme Fatigue After Running? (energy, diet, training)",
    "A2": "Post-Run Fatigue: Causes, Symptoms, and Recovery Strategies",
    "A3": "What Causes Extreme Fatigue After Running? (overreaching, rhabdomyolysis), Henry Halse",
    "A4": "Heavy legs: why legs feel tired when you run",
}


@dataclass(frozen=True)
class Factor:
    """A cause of fatigue that the articles name.

    Parameters
    ----------
    id : str
        Used in features, tables and JSON.
    family : str
        Group of factors that belong together in a report.
    label : str
        What a runner reads; neutral, because its points may go either way.
    named_in : tuple of (str, str)
        Article (a key of `ARTICLES`) and the section that names it, by its heading; parts without
        a heading are called "Opening paragraph" and "Closing paragraphs".
    meaning : str
        What the articles say of it, in our words.
    advice : str
        What can be done: the articles' advice, or what follows from their account where they give none.
    to_log : str
        What to write down so that this factor can speak.
    """

    id: str
    family: Family
    label: str
    named_in: tuple[tuple[str, str], ...]
    meaning: str
    advice: str
    to_log: str


_ALL = (
    Factor(
        "glycogen_depletion", "fuel", "Carbohydrate stores",
        (("A0", "Muscle Fatigue"), ("A2", "Energy System Depletion"), ("A4", "Energy Supply and Metabolic Fatigue")),
        "Long or hard running draws down stored carbohydrate; when it runs low, pace cannot be held.",
        "Eat carbohydrate before long runs, 30-60 g an hour once a run passes an hour, and again afterwards.",
        "distance and effort or heart rate of runs, carbohydrate eaten, body mass",
    ),
    Factor(
        "energy_deficit", "fuel", "Energy eaten against energy spent",
        (("A1", "Diet and Nutrition"), ("A3", "Overreaching and Overtraining")),
        "With too few calories the body cannot perform at its best, and recovers less well.",
        "Eat enough for the training you do; a doctor or nutritionist can help to find out how much.",
        "distance of runs, energy eaten, body mass; or meals of the day",
    ),
    Factor(
        "macronutrient_balance", "fuel", "Balance of carbohydrate, fat and protein",
        (("A1", "Diet and Nutrition"), ("A2", "The Role of Recovery"), ("A3", "Overreaching and Overtraining")),
        "Advised for runners: 50-70 % carbohydrate, 20-30 % fat, 10-20 % protein. Carbohydrate refills "
        "the stores and protein repairs muscle.",
        "Shift the shares towards those ranges; carbohydrate and protein after a run.",
        "grams of carbohydrate, fat and protein, body mass",
    ),
    Factor(
        "micronutrients", "fuel", "Vitamins and minerals",
        (("A1", "Diet and Nutrition"), ("A3", "Overreaching and Overtraining")),
        "Too little of some vitamins and minerals can show as fatigue: B vitamins serve energy and blood "
        "cells, iron carries oxygen.",
        "Eat varied food; ask a doctor, who can test your blood, if you suspect a lack.",
        "iron, vitamin B6 and B12 eaten",
    ),
    Factor(
        "metabolic_byproducts", "metabolic", "Time above threshold",
        (("A0", "Muscle Fatigue"), ("A1", "Aerobic Metabolism"), ("A2", "Energy System Depletion"),
         ("A4", "Energy Supply and Metabolic Fatigue")),
        "Running above aerobic capacity lets acid (hydrogen ions) and phosphate build up, and muscles contract less well.",
        "Slow down or take breaks in the run; tempo runs train the threshold.",
        "heart rate or effort of runs, or their pace beside your threshold speed",
    ),
    Factor(
        "cardiovascular_strain", "metabolic", "Strain on heart and circulation",
        (("A0", "Cardiovascular System"), ("A2", "Physiological Demands of Running")),
        "The heart works much harder to carry oxygen during a run, most of all when the distance is unaccustomed.",
        "Easier days; build up distance and effort step by step.",
        "heart rate during runs, effort and duration of sessions",
    ),
    Factor(
        "muscle_damage", "muscle", "Muscle damage and soreness",
        (("A0", "Muscle Fatigue"), ("A2", "Muscle Damage and Inflammation"), ("A4", "Training Errors and Recovery Deficits")),
        "Landing and downhill running tear muscle fibres a little; inflammation and soreness follow, and then repair.",
        "Give the repair time: rest or move lightly, and raise distance and effort gradually.",
        "distance and metres of descent of runs, soreness",
    ),
    Factor(
        "overstriding", "muscle", "Stride",
        (("A4", "Biomechanical and Muscular Causes"), ("A4", "Practical Adjustments to Improve Endurance")),
        "A foot that lands well ahead of the body brakes every step and overloads the thighs and calves.",
        "Watch your cadence: quicker, lighter steps.",
        "cadence, distance and duration of runs",
    ),
    Factor(
        "weak_support_muscles", "muscle", "Strength training",
        (("A4", "Biomechanical and Muscular Causes"), ("A4", "Practical Adjustments to Improve Endurance"),
         ("A1", "Proper Training")),
        "When glutes and core are weak, thighs and hamstrings make up for them and tire sooner. "
        "Sprints and plyometrics add endurance too.",
        "Strength training two or three times a week: squats, lunges, planks.",
        "strength sessions, duration of runs",
    ),
    Factor(
        "worn_footwear", "muscle", "Shoes",
        (("A4", "Biomechanical and Muscular Causes"),),
        "Worn or unsuitable shoes can change the gait, so that the muscles work more.",
        "Replace worn shoes.",
        "which shoe was worn, distance of runs",
    ),
    Factor(
        "heat_stress", "heat and fluid", "Heat",
        (("A0", "Heat and Dehydration"), ("A2", "Physiological Demands of Running"), ("A3", "Too Much of a Good Thing")),
        "Running makes heat, and shedding it costs energy and fluid; overheating makes an extreme run dangerous.",
        "Run in cooler hours and slower, dressed for the weather.",
        "place, start and effort or heart rate of runs, and the weather there, with its sun and wind where you can",
    ),
    Factor(
        "dehydration", "heat and fluid", "Fluid",
        (("A0", "Heat and Dehydration"), ("A2", "Electrolyte Imbalance and Dehydration"), ("A3", "Too Much of a Good Thing")),
        "Sweating away even a small share of body mass makes the same pace feel harder and the heart work more.",
        "Drink before, during and after a run.",
        "distance of runs, fluid drunk, body mass",
    ),
    Factor(
        "electrolyte_loss", "heat and fluid", "Electrolytes",
        (("A2", "Electrolyte Imbalance and Dehydration"), ("A4", "Energy Supply and Metabolic Fatigue")),
        "Sweat takes sodium, potassium, magnesium and calcium along; a lack can bring cramps, weakness and fatigue.",
        "Replace sodium, potassium and magnesium regularly.",
        "distance of runs; sodium, potassium, magnesium and calcium eaten and drunk",
    ),
    Factor(
        "too_much_too_soon", "training", "Change in training load",
        (("A4", "Training Errors and Recovery Deficits"), ("A2", "The Role of Recovery"), ("A0", "Closing paragraphs")),
        "Distance or intensity that rises faster than the body adapts overwhelms it; 10 % a week is the usual guide.",
        "Keep rises to about 10 % a week.",
        "distance, or duration and effort of sessions",
    ),
    Factor(
        "overreaching", "training", "Load of recent weeks",
        (("A3", "Overreaching and Overtraining"), ("A1", "Aerobic Metabolism"), ("A2", "The Role of Recovery")),
        "A couple of weeks of too much can lead to overreaching, which clears in weeks of rest; pushed further, it becomes "
        "overtraining, which can last for months.",
        "Take time off, and let recovery come first.",
        "effort and duration of sessions",
    ),
    Factor(
        "insufficient_recovery", "training", "Recovery since the last hard days",
        (("A4", "Training Errors and Recovery Deficits"), ("A1", "Proper Training"), ("A2", "The Role of Recovery"),
         ("A0", "Closing paragraphs")),
        "Running on tired legs interrupts the repair of the run before, and the tiredness piles up.",
        "Rest days and easy days; light movement such as walking or gentle cycling.",
        "effort and duration of sessions",
    ),
    Factor(
        "intensity_imbalance", "training", "Share of hard running",
        (("A4", "Practical Adjustments to Improve Endurance"), ("A1", "Proper Training")),
        "Most of the week's running belongs at an easy, talking pace, with hard sessions once or twice a week.",
        "Keep the easy days easy.",
        "effort or heart rate of sessions",
    ),
    Factor(
        "fast_start", "training", "Pace at the start",
        (("A4", "Training Errors and Recovery Deficits"),),
        "Setting off above aerobic capacity spends carbohydrate early and brings acid build-up forward.",
        "Start slower.",
        "a recording of the run (FIT, GPX or TCX)",
    ),
    Factor(
        "low_conditioning", "training", "Conditioning for this run",
        (("A0", "Cardiovascular System"), ("A0", "Muscle Fatigue"), ("A1", "Proper Training")),
        "Distance or effort that the body does not know yet tires and damages it more; training makes muscles resist.",
        "Build up distance and effort gradually.",
        "distance, or duration and effort, of sessions over weeks",
    ),
    Factor(
        "poor_sleep", "recovery", "Sleep",
        (("A2", "The Role of Recovery"), ("A0", "Closing paragraphs")),
        "Sleep serves hormone balance, muscle repair and the nervous system.",
        "Sleep more; get enough rest.",
        "hours slept",
    ),
    Factor(
        "stress_and_mood", "recovery", "Stress and mood",
        (("A2", "Hormonal Responses and Central Fatigue"), ("A3", "Overreaching and Overtraining")),
        "Stress hormones that stay up can leave you drained, changes in the brain can touch mood and felt effort, and low "
        "mood belongs to overtraining.",
        "Unload where life allows; take time off when low mood lasts.",
        "stress and mood, heart-rate variability",
    ),
    Factor(
        "illness_or_condition", "recovery", "Illness and injury",
        (("A2", "When to Seek Professional Advice"), ("A3", "Overreaching and Overtraining")),
        "Conditions such as anaemia or a thyroid disorder can show as fatigue, and overtrained runners fall ill and get "
        "hurt more often.",
        "Rest, and see a doctor when it lasts.",
        "illness and injury notes, resting heart rate",
    ),
    Factor("usual_level", "own state", "Your recent level", (), "How you have been feeling of late, on your own mornings.", "", "morning ratings"),
    Factor("everything_else", "other", "Everything else", (), "Weekday, season and what the log does not hold.", "", ""),
)  # fmt: skip

FACTORS: dict[str, Factor] = {f.id: f for f in _ALL}
"""Every factor and the two groups beside them, by id."""

NAMED: tuple[str, ...] = tuple(f.id for f in _ALL if f.named_in)
"""The 22 that the articles name."""

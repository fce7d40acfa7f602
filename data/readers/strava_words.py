"""Words of Strava's export: headings, sports and dates, in the languages that it is written in.

German, French, Dutch and English headings are as seen in exports; those of the other languages matter only
where someone has cut columns away, because a whole export is read by the columns' places.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pandas as pd

from ..errors import InputError


def plain(text: str) -> str:
    """Return the text in lower case, without accents and doubled spaces.

    >>> plain(" Fréquence  cardiaque MAX. ")
    'frequence cardiaque max.'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).replace("\u2019", "'").split())


def _all(*names: str) -> frozenset[str]:
    return frozenset(plain(name) for name in names)


ELAPSED_NAMES = _all(
    "Elapsed Time", "Verstrichene Zeit", "Temps écoulé", "Verstreken tijd", "Tiempo transcurrido", "Tempo trascorso", "Tempo decorrido"
)  # fmt: skip
DISTANCE_NAMES = _all("Distance", "Distanz", "Afstand", "Distancia", "Distanza", "Distância")
NAMES: dict[str, frozenset[str]] = {
    "id": _all("Activity ID", "Aktivitäts-ID", "ID de l'activité", "Activiteits-ID", "ID de actividad", "ID attività", "ID dell'attività", "ID da atividade"),
    "date": _all("Activity Date", "Aktivitätsdatum", "Date de l'activité", "Datum van activiteit", "Fecha de la actividad", "Data dell'attività", "Data da atividade"),
    "type": _all("Activity Type", "Aktivitätsart", "Type d'activité", "Activiteitstype", "Tipo de actividad", "Tipo di attività", "Tipo de atividade"),
    "gear": _all("Activity Gear", "Aktivitätsausrüstung", "Matériel utilisé pour l'activité", "Uitrusting voor activiteit", "Equipamiento de la actividad", "Attrezzatura dell'attività", "Equipamento da atividade"),
    "file": _all("Filename", "Dateiname", "Nom du fichier", "Bestandsnaam", "Nombre de archivo", "Nombre del archivo", "Nome file", "Nome del file", "Nome do arquivo"),
    "weight": _all("Athlete Weight", "Sportlergewicht", "Poids de l'athlète"),
    "moving": _all("Moving Time", "Bewegungszeit", "Durée de déplacement", "Beweegtijd", "Tiempo en movimiento", "Tempo in movimento", "Tempo em movimento", "Tempo de movimentação"),
    "ascent": _all("Elevation Gain", "Höhenzunahme", "Dénivelé positif", "Totale stijging", "Hoogtewinst", "Desnivel positivo", "Dislivello positivo", "Ganho de elevação"),
    "descent": _all("Elevation Loss", "Höhenunterschied", "Dénivelé négatif", "Desnivel negativo", "Dislivello negativo", "Perda de elevação"),
    "cadence": _all("Average Cadence", "Durchschnittliche Trittfrequenz", "Cadence moyenne", "Gemiddelde cadans", "Cadencia media", "Cadenza media", "Cadência média"),
    "hr_max": _all("Max Heart Rate", "Max. Herzfrequenz", "Fréquence cardiaque max.", "Max. hartslag", "Frecuencia cardiaca máxima", "Frequenza cardiaca massima", "Frequência cardíaca máxima"),
    "hr_mean": _all("Average Heart Rate", "Durchschnittliche Herzfrequenz", "Fréquence cardiaque moyenne", "Gemiddelde hartslag", "Frecuencia cardiaca media", "Frequenza cardiaca media", "Frequência cardíaca média"),
    "energy": _all("Calories", "Kalorien", "Calorieën", "Calorías", "Calorie", "Calorias"),
    "temperature": _all("Average Temperature", "Durchschnittliche Temperatur", "Température moyenne"),
    "effort": _all("Perceived Exertion", "Gefühlte Anstrengung", "Effort ressenti"),
    "sport_type": _all("Type", "Sport Type", "Art"),
    "steps": _all("Total Steps", "Schritte insgesamt", "Nombre total de pas"),
    "weather_temperature": _all("Weather Temperature", "Wetter: Temperatur"),
    "humidity": _all("Humidity", "Luftfeuchtigkeit"),
    "pressure": _all("Weather Pressure", "Wetter: Druck"),
    "wind": _all("Wind Speed", "Windgeschwindigkeit"),
}  # fmt: skip
OFFSETS = {
    "elapsed": 0, "moving": 1, "distance": 2, "ascent": 5, "descent": 6, "cadence": 14, "hr_max": 15, "hr_mean": 16, "energy": 19,
    "temperature": 21, "effort": 28, "sport_type": 29, "weather_temperature": 41, "humidity": 44, "pressure": 45, "wind": 46,
}  # fmt: skip
"""Places of the plain numbers, counted from the second elapsed time: the same in every language."""

_SPORTS = {
    "running": (
        "run", "trail run", "virtual run", "treadmill", "lauf", "laufen", "traillauf", "trailrun", "virtueller lauf", "course à pied", "trail",
        "course", "course à pied virtuelle", "carrera", "carrera de montaña", "carrera virtual", "corsa", "corsa su sentiero", "trail running",
        "corsa virtuale", "corrida", "corrida em trilha", "corrida virtual", "hardloopsessie", "hardlopen", "trailrunning", "trailloop",
        "virtuele hardloopsessie",
    ),
    "cycling": (
        "ride", "virtual ride", "mountain bike ride", "gravel ride", "e-bike ride", "ebikeride", "e-mountain bike ride", "emountainbikeride",
        "velomobile", "handcycle", "bike", "radfahrt", "virtuelle radfahrt", "mountainbike-fahrt", "mountainbikefahrt", "gravel-fahrt", "e-bike-fahrt",
        "vélo", "sortie à vélo", "sortie vélo", "vtt", "vélo virtuel", "bicicleta", "vuelta ciclista", "recorrido en bicicleta", "ciclismo",
        "ciclismo virtual", "giro", "pedalata", "giro in bici", "pedalata virtuale", "pedalada", "pedalada virtual", "fietsrit", "virtuele fietsrit",
        "mountainbikerit", "gravelrit", "e-bikerit",
    ),
    "walking": (
        "walk", "hike", "spaziergang", "wanderung", "gehen", "wandern", "marche", "randonnée", "caminata", "senderismo", "excursión", "camminata",
        "escursione", "escursionismo", "caminhada", "trilha", "wandeling", "wandelen", "hiken", "hikes",
    ),
    "swimming": ("swim", "schwimmen", "schwimmtraining", "natation", "natación", "nado", "nuoto", "nuotata", "natação", "zwemmen", "zwemsessie"),
    "strength": (
        "weight training", "krafttraining", "gewichtstraining", "entraînement aux poids et haltères", "musculation", "entrenamiento con pesas", "pesas",
        "allenamento con i pesi", "pesi", "treinamento com peso", "musculação", "krachttraining",
    ),
    "football": ("soccer", "fußball", "football", "football (soccer)", "fútbol", "calcio", "futebol", "voetbal"),
}  # fmt: skip
SPORTS = {plain(name).replace(" ", ""): sport for sport, names in _SPORTS.items() for name in names}
SPORTS |= {"workout": "other"}

_MONTHS = (
    ("jan", "ene", "gen"), ("feb", "fev"), ("mar", "mrt", "maa"), ("apr", "abr", "avr"), ("may", "mai", "mei", "mag", "maj"),
    ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "ago", "aou"), ("sep", "set"), ("oct", "okt", "ott", "out"), ("nov",),
    ("dec", "dez", "dic"),
)  # fmt: skip
_MONTH = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([ap])\.?\s*m\b)?")
_SERIAL = re.compile(r"\d{5}([.,]\d+)?")
_SLASHED = re.compile(r"\s*\d{1,2}\s*/\s*\d{1,2}\s*/")


def month_of(word: str) -> int | None:
    """Return the month that a word begins to name in some language, None where it names none.

    >>> month_of("Mai"), month_of("févr."), month_of("Run")
    (5, 2, None)
    """
    letters = plain(word)
    return next((_MONTH[letters[:n]] for n in (4, 3) if letters[:n] in _MONTH), None)


def when(cells: list[str], file: Path, lines: list[int]) -> pd.Series:
    """Return the UTC instants that a column of Strava dates holds; NaT for what is no date.

    Raises
    ------
    InputError
        Where days and months written with slashes could be either way round in the whole column.

    Examples
    --------
    >>> dates = ["May 23, 2023, 12:40:57 PM", "23.05.2023, 12:40:57", "23 mai 2023 à 12:40:57", "6 mrt. 2024 14:23:15"]
    >>> when(dates, Path("activities.csv"), [2, 3, 4, 5]).dt.strftime("%m-%d %H:%M").tolist()
    ['05-23 12:40', '05-23 12:40', '05-23 12:40', '03-06 14:23']
    """
    month_first = _month_first(cells, file, lines)
    return pd.Series([_instant(plain(cell), month_first) for cell in cells], dtype="datetime64[us, UTC]")


def _month_first(cells: list[str], file: Path, lines: list[int]) -> bool:
    """Return whether dates with slashes put the month first."""
    pairs = [
        (int(a), int(b), line)
        for cell, line in zip(cells, lines, strict=True)
        if _SLASHED.match(cell)
        for a, b in re.findall(r"^\s*(\d+)\D+(\d+)", cell)
    ]
    if not pairs or any(a > 12 for a, _, _ in pairs):
        return False
    if any(b > 12 for _, b, _ in pairs):
        return True
    raise InputError(
        "dates with slashes, which can be read as day/month or month/day",
        file=file,
        row=pairs[0][2],
        mend="write them as 2023-05-23 12:40:57",
    )


def _instant(text: str, month_first: bool) -> pd.Timestamp | None:
    if _SERIAL.fullmatch(text):  # days since the end of 1899, as spreadsheets count
        days = float(text.replace(",", "."))
        return pd.Timestamp("1899-12-30", tz="UTC") + pd.Timedelta(days=days).round("s")
    clock = _CLOCK.search(text)
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3]) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + (12 if clock[4] == "p" else 0)
    date = _date(text[: clock.start()] if clock else text, month_first)
    try:
        return (
            pd.Timestamp(*date, hour, minute, second, tz="UTC") if date and 1970 <= date[0] <= 2100 else None
        )
    except ValueError:
        return None


def _date(text: str, month_first: bool) -> tuple[int, int, int] | None:
    words = re.findall(r"[a-z]{3,}", text)
    digits = re.findall(r"\d+", text)
    month = next((m for w in words if (m := month_of(w))), None)
    if month is not None and len(digits) >= 2:
        year = next((d for d in digits if len(d) == 4), None)
        day = next((d for d in digits if len(d) <= 2), None)
        return (int(year), month, int(day)) if year and day else None
    if len(digits) < 3 or words:
        return None
    a, b, c = digits[:3]
    if len(a) == 4:
        return int(a), int(b), int(c)
    if len(c) != 4:
        return None
    return (int(c), int(a), int(b)) if month_first and "/" in text else (int(c), int(b), int(a))

"""What a comparison of models says, in figures and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ..models import starter


@dataclass(frozen=True)
class Comparison:
    """The candidate against one opponent on the same mornings; errors in native units.

    Parameters
    ----------
    opponent : str
        A model's URI (the starter's is ``starter``), or a baseline's name.
    rmse, opponent_rmse : float
    skill, low, high : float
        1 - (RMSE / RMSE of the opponent) squared, and its 95 % interval over what `metrics.drawn_whole` tells.
    """

    opponent: str
    rmse: float
    opponent_rmse: float
    skill: float
    low: float
    high: float

    @property
    def beaten(self) -> bool:
        """Whether the candidate is ahead by more than luck; a tie is not."""
        return self.low > 0.0

    def sentence(self) -> str:
        """Say it in words."""
        word = "beats" if self.beaten else "does not beat"
        whom = "the starter" if self.opponent == starter.URI else self.opponent
        return (
            f"{word} {whom}: RMSE {self.rmse:.4f} against {self.opponent_rmse:.4f}, "
            f"skill {self.skill:+.3f} ({self.low:+.3f} to {self.high:+.3f})"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether a candidate becomes champion, and why.

    Parameters
    ----------
    promoted : bool
    reason : str
        In words, with the figures.
    candidate : str
    champion : str or None
        Who held the alias before.
    mornings, athletes : int
        Those judged on.
    judged_on : str
        Which mornings they were.
    comparisons : tuple of Comparison
        Against the best baseline, of few people against the starter, and against the champion where there is one.
    instead : str
        URI of the model that serves these people better while nobody is champion; empty where the candidate does.
    """

    promoted: bool
    reason: str
    candidate: str
    champion: str | None
    mornings: int = 0
    athletes: int = 0
    judged_on: str = ""
    comparisons: tuple[Comparison, ...] = ()
    instead: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        sides = [{**asdict(c), "beaten": c.beaten} for c in self.comparisons]
        plain = [{k: None if v != v else v for k, v in side.items()} for side in sides]  # JSON knows no NaN
        return {**asdict(self), "comparisons": plain}

"""Heavylegs predicts how tired a runner will wake up tomorrow, and says why."""

__version__ = "0.1.0"

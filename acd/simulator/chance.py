"""Chance that is the same again: a number between 0 and 1 made of a seed and what it is for.

One caller gets the same chance in every variant of a day, so that variants differ by what was
changed and not by luck (common random numbers). Pure arithmetic.
"""

from math import log1p

_MASK = (1 << 64) - 1


def chance(seed: int, of: int, what: int = 0) -> float:
    """In [0, 1), spread evenly. SplitMix64's finaliser (Steele, Lea, Flood: Fast splittable
    pseudorandom number generators, OOPSLA 2014)."""
    z = (seed * 0x9E3779B97F4A7C15 + of * 0xBF58476D1CE4E5B9 + what * 0xD1B54A32D192ED03) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return float((z ^ (z >> 31)) >> 11) / 9007199254740992.0


def exponential(mean: float, u: float) -> float:
    """The waiting time with this mean that ``u`` in [0, 1) stands for."""
    return -mean * log1p(-u)

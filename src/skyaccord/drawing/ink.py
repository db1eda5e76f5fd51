"""Colours and type of all figures: dark on light paper, told apart in black and white as well.

The two aircraft differ in colour, in the shape of their samples (round, square) and by name at the track.
Blue and vermilion are from Okabe and Ito's set, which people with any colour vision tell apart.
"""

from __future__ import annotations

from typing import Final

BLACK: Final = "#1d2327"
GREY: Final = "#6a737a"
LIGHT: Final = "#d5dadd"
FAINT: Final = "#eceff0"
PAPER: Final = "#ffffff"
LIMIT: Final = "#a3122a"
INSIDE: Final = "#fbe6e1"
"""Behind everything while the pair is inside the limits."""
COAST: Final = "#3f8f86"
A: Final = "#00559b"
B: Final = "#c04f00"
A_BAND: Final = "#d9e8f5"
SIDES: Final = (A, B)
CAPS: Final = ("round", "square")

FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
VERDICT: Final = {"nmac": "#8b0016", "breach": "#c8321e", "infringement": "#d98200", "approach": "#5d6b74"}
"""Colour of a verdict; it is always written beside it, too."""

"""Pictures and pages by hand: markup that escapes, scales, axes, a small map. Knows nothing of encounters.

Why by hand: a figure here is some lines and labels, and what it must do is be exact, print, and stay small:
forty encounters with four figures each in one file. A plotting library weighs 30 MB or more, wants a second
of start-up, and its SVG turns text into outlines that no reader and no screen reader finds. Pure functions
from numbers to a string are also tested as such.
"""

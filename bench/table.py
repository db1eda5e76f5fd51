"""What a benchmark gives back: rows of the table, and paragraphs below it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """met: whether the target holds, None where there is none or nothing to compare with."""

    work: str
    ours: str
    other: str
    ratio: str
    target: str
    met: bool | None


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    """SVG by file name, written beside the results."""

    def add(self, other: Report) -> None:
        self.rows += other.rows
        self.notes += other.notes
        self.pictures |= other.pictures

    def markdown(self) -> str:
        lines = ["| Work | Ours | Compared with | Ratio | Target | Met |", "|---|---|---|---|---|---|"]
        words = {True: "yes", False: "**no**", None: "–"}
        lines += [
            f"| {row.work} | {row.ours} | {row.other} | {row.ratio} | {row.target} | {words[row.met]} |"
            for row in self.rows
        ]
        return "\n".join(lines) + "\n\n" + "\n\n".join(self.notes) + "\n"

"""What a run of the suite found."""
from __future__ import annotations

import html
import os
from typing import Any

LINES = 60  # of a diagnosis


class Report:
    """The report of a run: ``data`` is the JSON of ``lossproof verify --json``, whose schema the project keeps, ``text`` what the command printed."""

    def __init__(self, data: dict[str, Any], exit_code: int, text: str):
        self.data, self.ok, self.text = data, exit_code == 0, text

    def __repr__(self) -> str:
        tally = self.data["tally"]
        return f"<lossproof.Report of {self.data['subject']['name']}: {'conforms' if self.ok else 'does not conform'}, {tally['passed']} passed, {tally['failed']} failed>"

    def __str__(self) -> str:
        """The text, shortened to a screen."""
        limit = int(os.environ.get("LOSSPROOF_LINES", LINES))
        lines = self.text.rstrip().splitlines()
        if len(lines) <= limit:
            return "\n".join(lines)
        rest = len(lines) - limit + 1
        return "\n".join([*lines[:limit - 2], f"... {rest} more lines: report.text has all ...", lines[-1]])

    @property
    def levels(self) -> dict[tuple[str, str], str]:
        """The level that each (dtype, output) meets."""
        return {(row["format"], row["output"]): row["level"] for row in self.data["rows"] if row["cases"]}

    @property
    def failures(self) -> list[dict[str, Any]]:
        """One for each check that failed."""
        return self.data.get("failures") or []

    @property
    def broken_laws(self) -> list[dict[str, Any]]:
        """The laws that do not hold, with their counterexamples."""
        laws = (self.data.get("laws") or {}).get("results") or []
        return [law for law in laws if law["status"] == "failed"]

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{html.escape(row['loss'])}</td><td>{row['format']}</td><td>{html.escape(row['output'])}</td><td>{row['cases']}</td>"
            f"<td>{row['tally']['failed']}</td><td>{html.escape(row['level'])}</td><td>{html.escape(format(row['maxUlp']))}</td></tr>"
            for row in self.data["rows"])
        verdict = "conforms" if self.ok else "does not conform"
        return (f"<p><b>{html.escape(self.data['subject']['name'])}</b> {verdict} at level {html.escape(str(self.data['level']))}</p>"
                "<table><thead><tr><th>loss</th><th>dtype</th><th>output</th><th>cases</th><th>failed</th><th>level</th><th>max ulp</th></tr></thead>"
                f"<tbody>{cells}</tbody></table>" + ("" if self.ok else f"<pre>{html.escape(str(self))}</pre>"))


class ConformanceError(AssertionError):
    """A function that does not conform. Its text is the diagnosis, ``report`` has all."""

    def __init__(self, report: Report):
        super().__init__("\n" + str(report))
        self.report = report

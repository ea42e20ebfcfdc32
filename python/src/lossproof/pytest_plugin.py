"""Functions that are marked with ``@lossproof.conformance(...)`` become items: value, gradient and laws of each dtype."""
from __future__ import annotations

from typing import Any, Iterator

import pytest

LAWS = "laws"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lossproof")
    group.addoption("--lossproof-level", default=None, help="the level that losses must meet, instead of that of each test")
    group.addoption("--lossproof-show", type=int, default=3, help="how many failures of an item are shown (default 3)")


def pytest_pycollect_makeitem(collector: Any, name: str, obj: Any) -> Any:
    if not isinstance(getattr(obj, "__dict__", None), dict) or "__lossproof__" not in obj.__dict__:
        return None
    return Loss.from_parent(collector, name=name, function=obj)


class Loss(pytest.Collector):
    """One function under test. It is run once, when the first of its items is."""

    def __init__(self, *, function: Any, **more: Any):
        super().__init__(**more)
        self.function = function
        self.loss, self.arguments = function.__lossproof__
        self._report: Any = None

    def collect(self) -> Iterator[pytest.Item]:
        from ._frameworks import dtype_name

        dtypes = self.arguments.get("dtype", "float32")
        for dtype in dtypes if isinstance(dtypes, (list, tuple)) else [dtypes]:
            for part in ("value", "grad", LAWS):
                short = dtype_name(dtype)
                yield Check.from_parent(self, name=f"{self.loss or 'defined'}.{short}.{part}", dtype=short, part=part)

    def report(self) -> Any:
        from ._check import check
        from ._report import ConformanceError

        if self._report is None:
            arguments = dict(self.arguments)
            if level := self.config.getoption("--lossproof-level"):
                arguments["level"] = level
            try:
                self._report = check(self.function, self.loss, **arguments)
            except ConformanceError as failed:
                self._report = failed.report
            except Exception as problem:
                self._report = problem
        if isinstance(self._report, Exception):
            raise self._report
        return self._report


class Nonconforming(Exception):
    """What an item prints."""


class Check(pytest.Item):
    """One output in one dtype, or its laws."""

    parent: Loss

    def __init__(self, *, dtype: str, part: str, **more: Any):
        super().__init__(**more)
        self.dtype, self.part = dtype, part

    def runtest(self) -> None:
        report = self.parent.report()
        if self.part == LAWS:
            problems = [_law(law) for law in report.broken_laws if law["format"] == self.dtype]
            ran = any(law["format"] == self.dtype for law in (report.data.get("laws") or {}).get("results") or [])
        else:
            problems = [_failure(f) for f in report.failures if f["format"] == self.dtype and f["output"] in (self.part, "error")]
            ran = (self.dtype, self.part) in report.levels
        problems += [f"{u['output']} in {u['format']} is declared, and nothing checked it" for u in report.data.get("unchecked") or []
                     if u["format"] == self.dtype and u["output"] == self.part]
        if incomplete := report.data.get("incomplete"):
            problems.append(f"the run is incomplete: {incomplete}")
        if problems:
            shown = self.config.getoption("--lossproof-show")
            rest = [f"... and {len(problems) - shown} more: --lossproof-show={len(problems)} shows all"] if len(problems) > shown else []
            raise Nonconforming("\n".join([f"{len(problems)} failures at level {report.data['level']}", *problems[:shown], *rest]))
        if not ran:
            pytest.skip("the function has no gradient" if self.part == "grad" else "nothing was asked")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, Nonconforming):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> Any:
        return self.path, None, f"{self.parent.name}[{self.name}]"


def _lines(title: str, pairs: list[tuple[str, Any]]) -> str:
    return "\n".join([title, *(f"  {name:<8} {value}" for name, value in pairs if value)])


def _failure(f: dict[str, Any]) -> str:
    which = f"{f['loss']}, {f['format']}, {f['output']}" + (f"[{f['index']}]" if f["index"] >= 0 else "")
    more = f", and {f['more']} more of this answer" if f.get("more") else ""
    return _lines(f"{which}: {f['outcome']}{more}", [
        ("case", f["case"] + (f", {f['setting']}" if f["setting"] else "")), ("input", f["input"]), ("got", f["got"]), ("want", f["want"]),
        ("error", f"{f['errorUlp']:.4g} ulp" if isinstance(f["errorUlp"], float | int) else None), ("allowed", f.get("allowed")), ("rule", f["rule"])])


def _law(law: dict[str, Any]) -> str:
    f = law.get("failure")
    if f is None:
        return f"law {law['law']}, {law['loss']}, {law['format']}: {law.get('note') or law.get('short') or law['status']}"
    return _lines(f"law {f['law']}, {f['loss']}, {f['format']}: {f['statement']}", [
        ("for", f["counterexample"]), ("at", f.get("at")), ("what", f["what"]), ("left", f["left"]), ("right", f["right"]), ("slack", f["slack"])])

"""How fast a function is, in the format of Go's benchmarks, so that benchstat shows it beside the kernels."""
from __future__ import annotations

import platform
import time
from typing import Any, Callable, Sequence

from . import lcp
from ._binary import LossproofError
from ._check import _Adapter
from ._frameworks import dtype_name
from ._truth import catalogue, eval

SAMPLE = 16  # items that are held against the truth before anything is timed
CLOSE = {"f64": (1e-7, 1e-7), "f32": (1.3e-6, 1e-5), "f16": (1e-3, 1e-5), "bf16": (1.6e-2, 1e-5)}  # of torch.testing.assert_close


def bench(function: Callable, loss: str, *, dtype: Any = "float32", sizes: Sequence[int | tuple[int, int]] = (), impl: str = "mine", grad: Callable | None = None,
          framework: str | None = None, rounds: int = 5, seconds: float = 0.05, seed: int = 1, **fixed: float | None) -> list[str]:
    """Times value and gradient, prints a line for each size and round, and returns the lines.

    sizes are numbers of elements, or (rows, columns). The function is called as check calls it. Some items of each batch are held
    against the truth before it is timed, and a function that is wrong on them is not timed at all.
    """
    import numpy as np

    declared, name = catalogue(loss), dtype_name(dtype)
    adapter = _Adapter(function, declared, [name], grad, framework, "none", None, [], False, {}, {}, fixed)
    point = declared["shape"] == "point"
    if not sizes:
        sizes = (1 << 10, 1 << 16) if point else ((512, 4),) if declared["shape"] == "box" else ((512, 2),) if declared["shape"] == "keypoint" else ((4096, 10), (256, 1000))
    lines = [f"goos: {platform.system().lower()}", f"goarch: {platform.machine()}", "pkg: python/" + adapter.framework.name, "Unit ns/elem better=lower assume=nothing"]
    for size in sizes:
        rows, cols = size if isinstance(size, tuple) else (size, 1)
        draw = np.random.default_rng(seed)
        pred, target, label = _draw(draw, declared, adapter.kinds, rows, cols)
        pred = np.array(lcp.decode(name, lcp.encode(name, pred.reshape(-1).tolist())))
        bits = {"rows": rows, "cols": cols, "pred": lcp.encode(name, pred.tolist())}
        if label is not None:
            bits["label"] = label
        elif target is not None:
            bits["target"] = lcp.encode(name, target)
        case = lcp.Case({"loss": loss, "dtype": name, "reduction": "none", "conventions": {}}, {}, bits)
        _hold(adapter, case, fixed, cols if not point else 1)
        run = _call(adapter, case)
        shape = f"n={rows * cols}" if point else f"rows={rows}/classes={cols}"
        op = "value" if not adapter.framework.differentiates() else "sum_grad"
        title = f"BenchmarkLoss/loss={loss}/op={op}/dtype={name}/impl={impl}/{shape}"
        for _ in range(rounds):
            count, took = 1, 0.0
            while took < seconds:
                count = max(2 * count, 1) if took == 0 else int(count * min(100, 1.2 * seconds / took)) + 1
                start = time.perf_counter()
                for _ in range(count):
                    run()
                took = time.perf_counter() - start
            lines.append(f"{title}\t{count}\t{took / count * 1e9:.6g} ns/op\t{took / count * 1e9 / (rows * cols):.4g} ns/elem")
    print("\n".join(lines), flush=True)
    return lines


def _draw(draw, declared, kinds, rows, cols):
    """Everyday predictions and targets, flat."""
    from numpy import concatenate

    kind = kinds[0] if kinds else None
    unit = "[0, 1]" in declared["prediction"]
    pred = draw.uniform(0.02, 0.98, (rows, cols)) if unit else draw.normal(0, 3, (rows, cols))
    if declared["shape"] == "box":
        corner, other = draw.uniform(0, 100, (rows, 2)), draw.uniform(0, 100, (rows, 2))
        pred = concatenate([corner, corner + draw.uniform(1, 50, (rows, 2))], axis=1)
        return pred, concatenate([other, other + draw.uniform(1, 50, (rows, 2))], axis=1).reshape(-1).tolist(), None
    if kind is None:
        return pred, None, None
    if kind == "label":
        return pred, None, draw.integers(0, cols, rows).tolist()
    if kind == "distribution":
        raw = draw.uniform(0.1, 1, (rows, cols))
        return pred, (raw / raw.sum(axis=1, keepdims=True)).reshape(-1).tolist(), None
    if kind == "position":
        return pred, draw.uniform(0, cols - 1, rows).tolist(), None
    if "[0, 1]" in declared["target"]:
        return pred, draw.integers(0, 2, rows * cols).astype(float).tolist(), None
    if "−1" in declared["target"]:
        return pred, (2.0 * draw.integers(0, 2, rows * cols) - 1).tolist(), None
    return pred, draw.normal(0, 3, rows * cols).tolist(), None


def _hold(adapter, case, fixed, width):
    """Compares some items with the truth, at level close."""
    value, gradient = adapter.evaluate(case)
    rtol, atol = CLOSE[case.dtype]
    items = len(case.pred) // width
    for i in sorted({(k * items) // SAMPLE for k in range(SAMPLE)} & set(range(items))):
        pred = case.pred[i * width:(i + 1) * width]
        each = len(case.target) // items if case.target is not None else 0
        target = case.label[i] if case.label is not None else case.target[i * each:(i + 1) * each] if each else None
        truth = eval(case.loss, [pred] if width > 1 else pred, target, dtype=case.dtype, **fixed)
        pairs = [("value", value[i], truth.value.value)]
        if gradient is not None:
            pairs += [("gradient", g, t.value) for g, t in zip(gradient[i * width:(i + 1) * width], truth.grad)]
        for what, got, want in pairs:
            if not abs(got - want) <= atol + rtol * abs(want):
                raise LossproofError(f"{case.loss}: the {what} of item {i} is {got!r} and not {want!r} (prediction {pred}, target {target}): nothing that is wrong is timed")


def _call(adapter, case):
    """The call that is timed: arrays are made before it, and nothing is taken out of them after it."""
    f = adapter.framework
    whole, each = adapter._shapes(case.rows, case.cols)
    pred = f.array(case.pred, whole, case.dtype)
    arguments = []
    if case.label is not None:
        arguments = [f.labels(case.label)]
    elif case.target is not None:
        arguments = [f.array(case.target, whole if len(case.target) == len(case.pred) else each, case.dtype)]
    return f.timed(adapter.function, pred, arguments)


"""Computes every line of `go run ./ci/internal/crosscheck` again with mpmath and compares.

The definition of each loss stands in losses/, with a gradient that is written out by hand, so that
nothing is shared with the oracle, which differentiates automatically:

    loss(c)    the values and the gradient by the predictions; at a kink a component is a number of
               the set that the gradient is there, or the pair of its ends
    smooth(c)  whether the gradient may be compared with a difference of values at this call, if not
               at every call

The gradients are themselves compared with numerical differentiation on some of the lines. The
precision is doubled until two results agree to 60 digits, so that cancellation costs time and not
digits.
"""

import json
import random
import runpy
import sys
from collections import Counter
from pathlib import Path

from mpmath import mp, mpf, atan, atan2, exp, expm1, log, log1p, sqrt, inf, isinf, isnan, nan

sys.dont_write_bytecode = True
from pieces import sigmoid, softplus

AGREE = mpf(10) ** -50   # what is demanded of the oracle
SETTLED = mpf(10) ** -60  # when a result counts as computed
HIGHEST = 6_000           # digits; a number that still shrinks there is 0
DIFFERENTIATED = 25       # lines of each loss on which the gradients here are checked numerically


class Call:
    def __init__(self, line):
        number = lambda s: mpf(float.fromhex(s))
        self.loss = line["loss"]
        self.x = [number(s) for s in line["pred"]]
        self.y = [number(s) for s in line["target"]] if "target" in line else None
        self.t = line["label"][0] if "label" in line else None
        self.u = [number(s) for s in line.get("upstream", [])] or [mpf(1)] * len(self.x)
        self.params = {k: [number(s) for s in v or []] for k, v in line["params"].items()}
        self.conventions = line["conventions"]
        self.clip = [number(s) for s in line["clip"]] if "clip" in line else None

    def scalar(self, name):
        return self.params[name][0]

    def per_class(self, name, k):
        v = self.params[name]
        return mpf(1) if not v else v[0] if len(v) == 1 else v[k]

    def ignored(self):
        v = self.params.get("ignore_index")
        return bool(v) and self.t is not None and v[0] == self.t

    def half(self):
        return mpf(1) / 2 if self.conventions.get("squared_error_factor") == "1/2" else mpf(1)

    def clipped(self, p):
        """The probability that is used, and its derivative by p."""
        if self.clip and p < self.clip[0]:
            return self.clip[0], mpf(0)
        if self.clip and p > self.clip[1]:
            return self.clip[1], mpf(0)
        return p, mpf(1)

    def distribution(self):
        """The target as K numbers, smoothed."""
        K = len(self.x)
        y = self.y or [mpf(k == self.t) for k in range(K)]
        eps = self.params.get("label_smoothing", [mpf(0)])[0]
        return [(1 - eps) * v + eps * sum(y) / K for v in y]


LOSSES = {path.stem: runpy.run_path(path) for path in (Path(__file__).parent / "losses").glob("*.py")}


def evaluate(c):
    """The values, and the gradient as lists of its number or of its ends."""
    if c.ignored():
        return [mpf(0)], [[mpf(0)]] * len(c.x)
    values, grad = LOSSES[c.loss]["loss"](c)
    return values, [list(g) if isinstance(g, tuple) else [g] for g in grad]


class Dual:
    """A number with its gradient."""

    def __init__(self, v, d):
        self.v, self.d = v, d

    def times(self, v, slope):
        return Dual(v, [slope * a if a else a for a in self.d])  # what does not move may have no slope


def linear(v, a, sa, b, sb):
    return Dual(v, [sa * p + sb * q for p, q in zip(a.d, b.d)])


# The value of each operation of a graph with its derivatives, for numbers where it is smooth.
OPERATIONS = {
    "add": lambda a, b: linear(a.v + b.v, a, 1, b, 1),
    "sub": lambda a, b: linear(a.v - b.v, a, 1, b, -1),
    "mul": lambda a, b: linear(a.v * b.v, a, b.v, b, a.v),
    "quo": lambda a, b: linear(a.v / b.v, a, 1 / b.v, b, -a.v / b.v**2),
    "neg": lambda a: a.times(-a.v, -1),
    "exp": lambda a: a.times(exp(a.v), exp(a.v)),
    "log": lambda a: inside(a, a.v > 0).times(log(a.v), 1 / a.v),
    "log1p": lambda a: inside(a, a.v > -1).times(log1p(a.v), 1 / (1 + a.v)),
    "expm1": lambda a: a.times(expm1(a.v), exp(a.v)),
    "sigmoid": lambda a: a.times(sigmoid(a.v), sigmoid(a.v) * sigmoid(-a.v)),
    "softplus": lambda a: a.times(softplus(a.v), sigmoid(a.v)),
    "sqrt": lambda a: inside(a, a.v >= 0).times(sqrt(a.v), 1 / (2 * sqrt(a.v)) if a.v else inf),
    "atan": lambda a: a.times(atan(a.v), 1 / (1 + a.v**2)),
    "atan2": lambda a, b: linear(atan2(a.v, b.v), a, b.v / (a.v**2 + b.v**2), b, -a.v / (a.v**2 + b.v**2)),
    "abs": lambda a: a if a.v >= 0 else a.times(-a.v, -1),
    "max": lambda a, b: a if a.v >= b.v else b,
    "min": lambda a, b: a if a.v <= b.v else b,
}


class Outside(Exception):
    """An operand outside of the domain."""


def inside(a, it_is):
    if not it_is:
        raise Outside
    return a


def formula(tree, x, base):
    """The formula at x, with what is stopped as it is at base."""
    if isinstance(tree, str):
        if tree[0] == "x":
            return x[int(tree[1:])]
        return Dual(mpf(float.fromhex(tree)), [mpf(0)] * len(x))
    name, operands = tree[0], tree[1:]
    if name == "stop":
        return Dual(formula(operands[0], base, base).v, [mpf(0)] * len(x))
    if name == "if":
        taken = operands[1] if formula(operands[0], x, base).v > 0 else operands[2]
        return formula(taken, x, base)
    return OPERATIONS[name](*(formula(o, x, base) for o in operands))


def operations(tree):
    if isinstance(tree, str):
        return []
    return [tree[0]] + [name for o in tree[1:] for name in operations(o)]


class Formulas:
    """Compares formulas. At a kink the limits of the gradient are those at points very near to it in random directions."""

    STEP, DIRECTIONS, SLACK = mpf(10) ** -170, 40, mpf(10) ** -100

    def __init__(self):
        self.seen, self.kinks, self.ends, self.random = Counter(), 0, 0, random.Random(1)

    def check(self, line):
        """What differs."""
        mp.dps = 700
        at = [mpf(float.fromhex(s)) for s in line["at"]]
        point = lambda values: [Dual(v, [mpf(i == j) for j in range(len(at))]) for i, v in enumerate(values)]
        base = point(at)
        self.seen.update(operations(line["tree"]))
        wrong = []
        if not agrees(line["value"], formula(line["tree"], base, base).v):
            wrong.append("value")
        hulls = [[mpf(s) for s in text.strip("[]").split(",")] for text in line["grad"]]
        limits = [formula(line["tree"], base, base).d] if not any(line["ties"]) else []
        outside = 0  # directions that lead out of the domain
        while any(line["ties"]) and len(limits) + outside < self.DIRECTIONS:
            near = point([v + self.STEP * mpf(self.random.gauss(0, 1)) for v in at])
            try:
                limits.append(formula(line["tree"], near, base).d)
            except Outside:
                outside += 1
        if not limits:
            return ["no direction leads into the domain"]
        for i, hull in enumerate(hulls):
            slack = self.SLACK * max(1, abs(hull[0]), abs(hull[-1])) if any(line["ties"]) else 0
            found = [l[i] for l in limits]
            low, high = min(found), max(found)
            allowed = slack + AGREE * max(abs(hull[0]), abs(hull[-1]))
            if low < hull[0] - allowed or high > hull[-1] + allowed:
                wrong.append("gradient[%d]: %s to %s beyond it" % (i, mp.nstr(low, 55), mp.nstr(high, 55)))
            self.kinks += len(hull) == 2
            if line["ties"][i] == 1 and not outside:  # more may hang together, and the hull takes them as independent
                self.ends += len(hull) == 2
                if abs(low - hull[0]) > allowed or abs(high - hull[-1]) > allowed:
                    wrong.append("gradient[%d]: %s to %s only" % (i, mp.nstr(low, 55), mp.nstr(high, 55)))
        return wrong

    def report(self):
        print("%d hulls, the ends of %d of them compared; operations:" % (self.kinks, self.ends))
        print("  " + ", ".join("%s %d" % item for item in sorted(self.seen.items())))

    def missing(self):
        return sorted((set(OPERATIONS) | {"if", "stop"}) - set(self.seen))


def near(a, b, relative):
    if isnan(a) or isnan(b):
        return isnan(a) and isnan(b)
    if isinf(a) or isinf(b):
        return a == b
    return abs(a - b) <= relative * abs(b)


def certain(c):
    """Values and gradient to 60 digits."""
    # e^-x next to 1 asks for x/log(10) digits before the first one of the result shows.
    digits, previous = 1200 if max(c.x) - min(c.x + [mpf(0)]) > 500 else 400, None
    while True:
        mp.dps = digits
        values, grad = evaluate(c)
        now = values + sum(grad, [])
        settled = previous and [near(a, b, SETTLED) for a, b in zip(previous, now)]
        if settled and digits >= HIGHEST:
            # what is still all rounding error, and far below it, is 0
            now = [v if ok else mpf(0) if abs(v) < mpf(10) ** (-digits // 2) else nan for v, ok in zip(now, settled)]
            settled = [True]
        if settled and all(settled):
            rest = iter(now[len(values):])
            return now[: len(values)], [[next(rest) for _ in g] for g in grad]
        previous, digits = now, 2 * digits


def differentiated(c, i):
    """The gradient by prediction i, as a central difference at a very small step."""
    mp.dps = 1000
    h, x = mpf(10) ** -130, c.x[i]
    weighted = lambda: sum(u * v for u, v in zip(c.u, evaluate(c)[0]))
    c.x[i] = x + h
    up = weighted()
    c.x[i] = x - h
    down = weighted()
    c.x[i] = x
    return (up - down) / (2 * h)


def smooth(c):
    """Whether a difference across prediction stays on one branch of the definition."""
    return not c.ignored() and LOSSES[c.loss].get("smooth", lambda c: True)(c)


def agrees(text, want):
    """Whether the oracle's answer is the number wanted."""
    if text[0] in "<>":  # beyond the oracle's exponents, a bound
        edge = mpf(text[1:])
        return 0 <= want < edge if text[0] == "<" else edge < want <= 0
    return near(number(text), want, AGREE)


def number(text):
    special = {"NaN": nan, "+Inf": inf, "-Inf": -inf}
    return special[text] if text in special else mpf(text)


def gradient_agrees(text, want):
    """Whether the oracle's answer is the number wanted, has the ends wanted, or goes around it at a kink."""
    ends = text.strip("[]").split(", ")
    if len(ends) == 2 and len(want) == 1:
        return number(ends[0]) <= want[0] <= number(ends[1]) or any(agrees(e, want[0]) for e in ends)
    return len(ends) == len(want) and all(agrees(e, w) for e, w in zip(ends, want))


def main():
    numbers, lines, differentiations, failures = 0, Counter(), Counter(), 0
    formulas = Formulas()
    for text in sys.stdin:
        line = json.loads(text)
        if "tree" in line:
            wrong = formulas.check(line)
            numbers += 1 + len(line["grad"])
            failures += len(wrong)
            for w in wrong:
                print("formula: %s\n  %s" % (w, text.strip()))
            continue
        c = Call(line)
        lines[c.loss] += 1
        values, grad = certain(c)
        mp.dps = 100
        for output, got, want, same in (("value", line["value"], values, agrees), ("gradient", line["grad"], grad, gradient_agrees)):
            if len(got) != len(want):
                sys.exit("crosscheck: %s has %d numbers, want %d: %s" % (output, len(got), len(want), text))
            for i, (g, w) in enumerate(zip(got, want)):
                numbers += 1
                if not same(g, w):
                    failures += 1
                    print("%s: %s[%d]\n  oracle %s\n  mpmath %s\n  %s" % (c.loss, output, i, g, mp.nstr(w, 55), text.strip()))
        if differentiations[c.loss] < DIFFERENTIATED and smooth(c):
            differentiations[c.loss] += 1
            for i, g in enumerate(grad):
                d = differentiated(c, i)
                if abs(d - g[0]) > mpf(10) ** -100 * (1 + abs(g[0])) + mpf(10) ** -80 * abs(g[0]):
                    failures += 1
                    print("%s: the gradient written here is wrong at [%d]: %s, difference %s\n  %s"
                          % (c.loss, i, mp.nstr(g[0], 30), mp.nstr(d, 30), text.strip()))
    missing = sorted(set(LOSSES) - set(lines)) + formulas.missing()
    for name in sorted(lines):
        print("%-34s %6d calls" % (name, lines[name]))
    formulas.report()
    if missing:
        print("no call at all of: " + ", ".join(missing))
    print("%d calls, %d values and gradients compared to 50 digits, %d differ" % (sum(lines.values()), numbers, failures))
    sys.exit(1 if failures or missing or sum(lines.values()) < int(sys.argv[1]) else 0)


if __name__ == "__main__":
    main()

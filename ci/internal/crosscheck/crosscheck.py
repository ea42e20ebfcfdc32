"""Computes every line of `go run ./ci/internal/crosscheck` again with mpmath and compares.

The formulas are those of the textbooks, and the gradients are written out by hand, so that nothing
is shared with the oracle, which differentiates automatically. The hand-written gradients are
themselves compared with numerical differentiation on some of the lines. The precision is doubled
until two results agree to 60 digits, so that cancellation costs time and not digits.
"""

import json
import random
import sys
from collections import Counter

from mpmath import mp, mpf, atan, atan2, exp, expm1, log, log1p, sqrt, inf, isinf, isnan, nan

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


def sigmoid(x):
    return 1 / (1 + exp(-x))


def softplus(x):
    return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))


def softmax(z):
    e = [exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def log_sum_exp(z):
    m = max(z)
    return m + log(sum(exp(v - m) for v in z))


def surprisal(w, p):
    """-w log p, with 0 log 0 = 0."""
    return mpf(0) if w == 0 else inf if p == 0 else -w * log(p)


def surprisal_slope(w, p):
    return mpf(0) if w == 0 else -inf if p == 0 else -w / p


# Each function returns the values and the gradient by the predictions.


def classification_error(c):
    best = [k for k, v in enumerate(c.x) if v == max(c.x)]
    k = best[-1 if c.conventions["argmax_tie"] == "last" else 0]
    return [mpf(k != c.t)], [mpf(0)] * len(c.x)


def squared_error(c):
    d = c.x[0] - c.y[0]
    return [c.half() * d * d], [2 * c.half() * d]


def squared_error_with_logits(c):
    z, y = c.x[0], c.y[0]
    d = sigmoid(z) - y
    return [c.half() * d * d], [2 * c.half() * d * sigmoid(z) * sigmoid(-z)]


def binary_cross_entropy(c):
    y = c.y[0]
    p, slope = c.clipped(c.x[0])
    value = surprisal(y, p) + surprisal(1 - y, 1 - p)
    grad = surprisal_slope(y, p) - surprisal_slope(1 - y, 1 - p)
    return [value], [grad * slope if slope else mpf(0)]


def binary_cross_entropy_with_logits(c):
    z, w, eps = c.x[0], c.scalar("pos_weight"), c.scalar("label_smoothing")
    y = c.y[0] * (1 - eps) + eps / 2
    return [w * y * softplus(-z) + (1 - y) * softplus(z)], [(1 - y) * sigmoid(z) - w * y * sigmoid(-z)]


def cross_entropy(c):
    K = len(c.x)
    p, lse = softmax(c.x), log_sum_exp(c.x)
    w = [c.per_class("weight", k) * v for k, v in enumerate(c.distribution())]
    return [sum(w[k] * (lse - c.x[k]) for k in range(K))], [sum(w) * p[k] - w[k] for k in range(K)]


def categorical_cross_entropy(c):
    value, grad = mpf(0), []
    for k, y in enumerate(c.distribution()):
        p, slope = c.clipped(c.x[k])
        w = c.per_class("weight", k) * y
        value += surprisal(w, p)
        grad.append(surprisal_slope(w, p) * slope if slope else mpf(0))
    return [value], grad


def sigmoid_focal(c):
    z, y, g = c.x[0], c.y[0], c.scalar("gamma")
    p, not_p = sigmoid(z), sigmoid(-z)
    bce = y * softplus(-z) + (1 - y) * softplus(z)
    slope = (1 - y) * p - y * not_p
    alpha = c.params["alpha"]
    a = alpha[0] * y + (1 - alpha[0]) * (1 - y) if alpha else mpf(1)
    q = y * not_p + (1 - y) * p  # 1 - p_t
    dq = (1 - 2 * y) * p * not_p
    if g == 0:
        return [a * bce], [a * slope]
    return [a * q**g * bce], [a * (g * q**g / q * dq * bce + q**g * slope)]


def softmax_focal(c):
    K, t, g = len(c.x), c.t, c.scalar("gamma")
    if K == 1:
        return [mpf(0)], [mpf(0)]
    p = softmax(c.x)
    q = sum(v for k, v in enumerate(p) if k != t)
    a = c.per_class("alpha", t)
    l = log_sum_exp(c.x) - c.x[t]
    # with d = dL/dp_t * p_t, dL/dz_k = d * ([k = t] - p_k)
    d = -a * (q**g + (g * q**g / q * p[t] * l if g else 0))
    return [a * q**g * l], [d * (q if k == t else -p[k]) for k in range(K)]


def link(value, slope):
    return lambda c: ([value(c.x[0])], [slope(c.x[0])])


def softmax_link(c):
    p = softmax(c.x)
    mean = sum(u * v for u, v in zip(c.u, p))
    return p, [v * (u - mean) for u, v in zip(c.u, p)]


def log_softmax_link(c):
    p, lse = softmax(c.x), log_sum_exp(c.x)
    return [z - lse for z in c.x], [u - sum(c.u) * v for u, v in zip(c.u, p)]


LOSSES = {
    "classification_error": classification_error,
    "squared_error": squared_error,
    "squared_error_with_logits": squared_error_with_logits,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "categorical_cross_entropy": categorical_cross_entropy,
    "sigmoid_focal": sigmoid_focal,
    "softmax_focal": softmax_focal,
    "sigmoid": link(sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "softplus": link(softplus, sigmoid),
    "log_sigmoid": link(lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "softmax": softmax_link,
    "log_softmax": log_softmax_link,
    "log_sum_exp": lambda c: ([log_sum_exp(c.x)], softmax(c.x)),
}


def evaluate(c):
    if c.ignored():
        return [mpf(0)], [mpf(0)] * len(c.x)
    return LOSSES[c.loss](c)


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
        now = values + grad
        settled = previous and [near(a, b, SETTLED) for a, b in zip(previous, now)]
        if settled and digits >= HIGHEST:
            # what is still all rounding error, and far below it, is 0
            now = [v if ok else mpf(0) if abs(v) < mpf(10) ** (-digits // 2) else nan for v, ok in zip(now, settled)]
            settled = [True]
        if settled and all(settled):
            return now[: len(values)], now[len(values):]
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
    if c.loss == "classification_error" or c.ignored():
        return False
    p_like = c.loss in ("binary_cross_entropy", "categorical_cross_entropy")
    edges = [mpf(0), mpf(1)] + (c.clip or [])
    return not p_like or all(abs(x - e) > mpf(10) ** -60 for x in c.x for e in edges)


def agrees(text, want):
    """Whether the oracle's answer is the number wanted."""
    if text[0] in "<>":  # beyond the oracle's exponents, a bound
        edge = mpf(text[1:])
        return 0 <= want < edge if text[0] == "<" else edge < want <= 0
    special = {"NaN": nan, "+Inf": inf, "-Inf": -inf}
    return near(special[text] if text in special else mpf(text), want, AGREE)


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
        for output, got, want in (("value", line["value"], values), ("gradient", line["grad"], grad)):
            if len(got) != len(want):
                sys.exit("crosscheck: %s has %d numbers, want %d: %s" % (output, len(got), len(want), text))
            for i, (g, w) in enumerate(zip(got, want)):
                numbers += 1
                if not agrees(g, w):
                    failures += 1
                    print("%s: %s[%d]\n  oracle %s\n  mpmath %s\n  %s" % (c.loss, output, i, g, mp.nstr(w, 55), text.strip()))
        if differentiations[c.loss] < DIFFERENTIATED and smooth(c):
            differentiations[c.loss] += 1
            for i in range(len(c.x)):
                d = differentiated(c, i)
                if abs(d - grad[i]) > mpf(10) ** -100 * (1 + abs(grad[i])) + mpf(10) ** -80 * abs(grad[i]):
                    failures += 1
                    print("%s: the gradient written here is wrong at [%d]: %s, difference %s\n  %s"
                          % (c.loss, i, mp.nstr(grad[i], 30), mp.nstr(d, 30), text.strip()))
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

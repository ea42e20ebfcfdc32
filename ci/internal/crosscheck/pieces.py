"""What the definitions in losses/ share."""

from fractions import Fraction

from mpmath import atan2, pi, mpf, exp, inf, isinf, log, log1p, nan


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


def divergence(q, surprise):
    """The sum of q·(log q + s), in which an infinite s outweighs all others, and two that are opposite have none."""
    terms = [(w, s) for w, s in zip(q, surprise) if w]
    ends = {s for _, s in terms if isinf(s)}
    if ends:
        return nan if len(ends) > 1 else ends.pop()
    return sum((w * (log(w) + s) for w, s in terms), mpf(0))


def away(xs, edges):
    """Whether no number lies so near to an edge that a difference would reach across."""
    return all(abs(x - e) > mpf(10) ** -60 for x in xs for e in edges)


def shared(c, p):
    """What two masks share, with its slopes by p: at a kink the pair of them."""
    if c.conventions.get("intersection") == "minimum" and c.conventions.get("dice_denominator") != "squares":
        return sum(min(a, b) for a, b in zip(p, c.y)), [(mpf(0), mpf(1)) if a == b else mpf(a < b) for a, b in zip(p, c.y)]
    return sum(a * b for a, b in zip(p, c.y)), c.y


def empty_set(c):
    value = {"nan": nan, "zero": mpf(0), "one": mpf(1)}[c.conventions["empty_set"]]
    return [value], [nan if value is nan else mpf(0)] * len(c.x)


def each_end(slopes, by):
    """A function of a slope, of both ends where that is a pair, the lesser first."""
    return [tuple(sorted(by(k, s) for s in slope)) if isinstance(slope, tuple) else by(k, slope) for k, slope in enumerate(slopes)]


def dice(c, p, chain):
    a, b, squares = c.scalar("smooth_numerator"), c.scalar("smooth_denominator"), c.conventions["dice_denominator"] == "squares"
    common, slopes = shared(c, p)
    size = sum(v * v for v in p + c.y) if squares else sum(p) + sum(c.y)
    n, d = 2 * common + a, size + b
    if d == 0:
        return empty_set(c)
    grow = [2 * v if squares else 1 for v in p]
    return [1 - n / d], each_end(slopes, lambda k, s: chain[k] * (n * grow[k] / d - 2 * s) / d)


def apart(p, t):
    """Whether no element is at the kink of a minimum, or at the end of a mask."""
    return all(abs(a - b) > mpf(10) ** -60 and a > mpf(10) ** -60 for a, b in zip(p, t))


def tversky(c, alpha, beta):
    a, b, least = c.scalar("smooth_numerator"), c.scalar("smooth_denominator"), c.conventions["intersection"] == "minimum"
    both, slopes = shared(c, c.x)
    if least:
        more, less = sum(max(p - t, 0) for p, t in zip(c.x, c.y)), sum(max(t - p, 0) for p, t in zip(c.x, c.y))
    else:
        more, less = sum(p * (1 - t) for p, t in zip(c.x, c.y)), sum(t * (1 - p) for p, t in zip(c.x, c.y))
    n, d = both + a, both + alpha * more + beta * less + b
    if d == 0:
        return empty_set(c)
    grow = lambda s: s + alpha * (1 - s) - beta * s  # of the denominator, where the intersection grows by s
    return [1 - n / d], each_end(slopes, lambda k, s: (n * grow(s) / d - s) / d)


class Boxes:
    """Two boxes: I, U and C are the areas of their intersection, their union and their hull, and dI, dU, dC the slopes by the
    predicted coordinates. Where edges are aligned or touch these are those of one side."""

    def __init__(self, c):
        p, q = c.x, c.y
        self.p, self.q = p, q
        side = lambda b, t: b[t + 2] - b[t]
        self.w, self.v = [side(p, t) for t in (0, 1)], [side(q, t) for t in (0, 1)]
        shared = [max(mpf(0), min(p[t + 2], q[t + 2]) - max(p[t], q[t])) for t in (0, 1)]
        self.c = [max(p[t + 2], q[t + 2]) - min(p[t], q[t]) for t in (0, 1)]
        self.d = [(p[t] + p[t + 2] - q[t] - q[t + 2]) / 2 for t in (0, 1)]
        self.I, self.C, self.areas = shared[0] * shared[1], self.c[0] * self.c[1], [b[0] * b[1] for b in (self.w, self.v)]
        self.U = sum(self.areas) - self.I
        sign = [-1, -1, 1, 1]
        inside = [sign[k] * (q[k] - p[k]) > 0 for k in range(4)]
        self.dw = [mpf(s) for s in sign]
        self.dc = [mpf(0) if inside[k] else s for k, s in enumerate(self.dw)]
        dshared = [s if inside[k] and shared[0] * shared[1] > 0 else mpf(0) for k, s in enumerate(self.dw)]
        self.dI = [dshared[k] * shared[1 - k % 2] for k in range(4)]
        self.dU = [self.dw[k] * self.w[1 - k % 2] - self.dI[k] for k in range(4)]
        self.eps, self.tall, self.where = mpf(0), [mpf(0), mpf(0)], c.conventions.get("box_eps", "none")
        if self.where != "none":
            self.eps = c.scalar("box_epsilon")
        if self.where == "sides":
            self.tall = [mpf(0), self.eps]
            self.U += self.eps * (self.w[0] + self.v[0])
            self.dU = [self.dU[k] + (self.eps * self.dw[k] if k % 2 == 0 else 0) for k in range(4)]
        if self.where == "floor" and self.U < self.eps:
            self.U, self.dU = self.eps, [mpf(0)] * 4
        self.added = mpf(0) if self.where == "floor" else self.eps
        self.U += self.added
        self.dC = [self.dc[k] * self.c[1 - k % 2] for k in range(4)]
        self.convention = c.conventions["zero_area"]
        self.lifted = c.conventions.get("ciou_aspect_gradient") == "times_w2_plus_h2"

    def iou(self):
        """I/U with its slopes, or None where the loss has no value."""
        if self.U:
            return self.I / self.U, [(self.dI[k] * self.U - self.I * self.dU[k]) / self.U**2 for k in range(4)]
        if self.convention == "nan":
            return None
        return mpf(self.convention == "one_if_equal" and self.p == self.q), [mpf(0)] * 4

    def distance(self):
        """rho^2/c^2 with its slopes."""
        square = self.c[0] ** 2 + self.c[1] ** 2 + self.added
        if square == 0:
            return mpf(0), [mpf(0)] * 4
        rho = (self.d[0] ** 2 + self.d[1] ** 2) / square
        return rho, [(self.d[k % 2] - 2 * rho * self.c[k % 2] * self.dc[k]) / square for k in range(4)]

    def waste(self):
        """(C-U)/C with its slopes."""
        hull = self.C + self.added
        if hull <= (self.eps if self.where == "floor" else 0):
            return mpf(0), [mpf(0)] * 4
        return 1 - self.U / hull, [(self.U * self.dC[k] / hull - self.dU[k]) / hull for k in range(4)]

    def aspect(self, held):
        """alpha v with its slopes."""
        w, h = self.w[0], self.w[1] + self.tall[1]
        if self.p == self.q or w == h == 0 or self.v[0] == self.v[1] + self.tall[1] == 0:
            return mpf(0), [mpf(0)] * 4
        turn = atan2(self.v[0], self.v[1] + self.tall[1]) - atan2(w, h)
        v, share = 4 / pi**2 * turn**2, self.iou()
        alpha = v / (1 - share[0] + v + self.added) if v else mpf(0)
        dv = [8 / pi**2 * turn * self.dw[k] * (w if k % 2 else -h) / (1 if self.lifted else w**2 + h**2) for k in range(4)]
        return alpha * v, [alpha * dv[k] if held else alpha * (2 - alpha) * dv[k] + alpha**2 * share[1][k] for k in range(4)]

    def loss(self, *terms):
        """1 - I/U and other terms, each with its slopes."""
        share = self.iou()
        if share is None:
            return [nan], [nan] * 4
        return [1 - share[0] + sum(t[0] for t in terms)], [sum(t[1][k] for t in terms) - share[1][k] for k in range(4)]


def smooth_boxes(c):
    """Whether no edges are aligned or touch, and no side is 0."""
    return all(away([c.x[t], c.x[t + 2]], [c.y[t], c.y[t + 2]]) and c.x[t] < c.x[t + 2] for t in (0, 1))


def lovasz(wrong, t, floor):
    """The Lovász extension of the Jaccard loss as an integral over levels, and its slopes: at ties those of the element before and
    after all others that are as wrong. Below the floor nothing counts."""

    def jaccard(chosen):
        union = sum(1 for i, v in enumerate(t) if v or i in chosen)
        return Fraction(len(chosen), union) if chosen else Fraction(0)

    def exactly(ratio):
        return mpf(ratio.numerator) / ratio.denominator

    def above(level, strictly):
        return {i for i, e in enumerate(wrong) if (e > level if strictly else e >= level)}

    levels = sorted({e for e in wrong if floor is None or e > floor}, reverse=True)
    value = mpf(0)
    for high, low in zip(levels, levels[1:] + [mpf(0)]):
        value += (high - low) * exactly(jaccard(above(high, False)))
    grad = []
    for i, e in enumerate(wrong):
        sign = -1 if t[i] else 1
        first = jaccard(above(e, True) | {i}) - jaccard(above(e, True))
        last = jaccard(above(e, False)) - jaccard(above(e, False) - {i})
        if floor is not None and e <= floor:
            first, last = (first if e == floor else Fraction(0)), Fraction(0)
        ends = sorted({sign * first, sign * last})
        grad.append(exactly(ends[0]) if len(ends) == 1 else tuple(exactly(v) for v in ends))
    return [value], grad

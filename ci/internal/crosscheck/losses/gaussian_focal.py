from mpmath import mpf, inf, log, log1p

from pieces import away


def loss(c):
    p, y, alpha, gamma = c.x[0], c.y[0], c.scalar("alpha"), c.scalar("gamma")
    weight, toward = (mpf(1), -1) if y == 1 else ((1 - y) ** gamma, 1)
    q, rest = (1 - p, p) if y == 1 else (p, 1 - p)
    if rest == 0:
        return [inf], [toward * inf]
    if q == 0:
        return [mpf(0)], [toward * weight if alpha == 0 else mpf(0)]
    ell = -log(rest) if q > mpf(1) / 2 else -log1p(-q)
    return [weight * q**alpha * ell], [toward * weight * q**alpha * (alpha * ell / q + 1 / rest)]


def smooth(c):
    return away(c.x, [mpf(0), mpf(1)])

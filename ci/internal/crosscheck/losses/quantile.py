from mpmath import mpf

from pieces import away


def loss(c):
    tau, d = c.scalar("quantile"), c.x[0] - c.y[0]
    if d == 0:
        return [mpf(0)], [(-tau, 1 - tau)]
    slope = -tau if d < 0 else 1 - tau
    return [slope * d], [slope]


def smooth(c):
    return away([c.x[0] - c.y[0]], [mpf(0)])

from mpmath import sign

from pieces import away


def loss(c):
    delta, d = c.scalar("delta"), c.x[0] - c.y[0]
    if abs(d) <= delta:
        return [d * d / 2], [d]
    return [delta * (abs(d) - delta / 2)], [delta * sign(d)]


def smooth(c):
    return away([c.x[0] - c.y[0]], [-c.scalar("delta"), c.scalar("delta")])

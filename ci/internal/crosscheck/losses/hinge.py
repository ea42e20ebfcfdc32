from mpmath import mpf

from pieces import away


def loss(c):
    y, short = c.y[0], c.scalar("margin") - c.y[0] * c.x[0]
    if short == 0:
        return [mpf(0)], [tuple(sorted([-y, mpf(0)]))]
    return ([short], [-y]) if short > 0 else ([mpf(0)], [mpf(0)])


def smooth(c):
    return away([c.y[0] * c.x[0]], [c.scalar("margin")])

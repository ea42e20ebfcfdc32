from mpmath import mpf

from pieces import away


def loss(c):
    d, up = c.x[0] - c.y[0], c.scalar("up")
    return [up * d if d > 0 else -d], [up if d > 0 else mpf(-1) if d < 0 else (mpf(-1), up)]


def smooth(c):
    return away(c.x, c.y)

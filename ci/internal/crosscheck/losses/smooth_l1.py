from mpmath import mpf, sign

from pieces import away


def loss(c):
    beta, d = c.scalar("beta"), c.x[0] - c.y[0]
    if abs(d) < beta:
        return [d * d / (2 * beta)], [d / beta]
    return [abs(d) - beta / 2], [sign(d) if d else (mpf(-1), mpf(1))]


def smooth(c):
    return away([c.x[0] - c.y[0]], [-c.scalar("beta"), c.scalar("beta")])

from mpmath import inf, isnan, mpf

from pieces import apart, each_end, tversky


def loss(c):
    e = c.scalar("exponent")
    [t], slopes = tversky(c, c.scalar("alpha"), c.scalar("beta"))
    if isnan(t) or e == 1:
        return [t], slopes
    if abs(t) < mpf(10) ** -300:  # what is rounding error of 0
        steep = lambda k, s: mpf(0) if e > 1 or s == 0 else inf if s > 0 else -inf
        return [mpf(0)], [mpf(0) if isinstance(s, tuple) else steep(k, s) for k, s in enumerate(slopes)]
    return [t**e], each_end(slopes, lambda k, s: e * t ** (e - 1) * s)


def smooth(c):
    return apart(c.x, c.y) and loss(c)[0][0] > 0

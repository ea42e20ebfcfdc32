from mpmath import mpf, log, log1p, sign

from pieces import away


def loss(c):
    w, eps, d = c.scalar("width"), c.scalar("epsilon"), c.x[0] - c.y[0]
    if d == 0:
        return [mpf(0)], [(-w / eps, w / eps)]
    inside = sign(d) * w / (eps + abs(d))
    if abs(d) < w:
        return [w * log1p(abs(d) / eps)], [inside]
    value = abs(d) - w + w * log(1 + w / eps)
    if abs(d) == w:
        return [value], [tuple(sorted([inside, sign(d)]))]
    return [value], [sign(d)]


def smooth(c):
    return away([c.x[0] - c.y[0]], [mpf(0), -c.scalar("width"), c.scalar("width")])

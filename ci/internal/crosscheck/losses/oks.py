from mpmath import exp, expm1


def loss(c):
    away, square = [x - y for x, y in zip(c.x, c.y)], c.scalar("scale") ** 2
    exponent = sum(d**2 for d in away) / square / 2
    return [-expm1(-exponent)], [d * exp(-exponent) / square for d in away]

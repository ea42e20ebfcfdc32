from mpmath import log, mpf

from pieces import sigmoid, softplus


def focal(z, gamma, held):
    p, q, s = sigmoid(z), sigmoid(-z), softplus(z)
    return p**gamma * s, p**gamma * (p if held else p + gamma * q * s)


def loss(c):
    z, m, held = c.x[0], c.scalar("clip"), c.conventions.get("modulator") == "constant"
    if c.y[0] == 1:
        value, slope = focal(-z, c.scalar("gamma_pos"), held)
        return [value], [-slope]
    gamma, u = c.scalar("gamma_neg"), sigmoid(z) - m
    if m == 0:
        value, slope = focal(z, gamma, held)
        return [value], [slope]
    if u <= 0:
        return [mpf(0)], [(mpf(0), m) if u == 0 and gamma == 0 else mpf(0)]
    push = 0 if held else gamma * -log(1 - u) / u
    return [u**gamma * -log(1 - u)], [u**gamma * sigmoid(z) * sigmoid(-z) * (push + 1 / (1 - u))]


def smooth(c):
    return c.conventions.get("modulator") != "constant" or c.scalar("gamma_pos" if c.y[0] == 1 else "gamma_neg") == 0

from mpmath import mpf, nan, sign

from pieces import away, sigmoid, softplus


def loss(c):
    z, y, beta = c.x[0], c.y[0], c.scalar("beta")
    bce = y * softplus(-z) + (1 - y) * softplus(z)
    u = (1 - y) * sigmoid(z) - y * sigmoid(-z)
    v = sigmoid(z) * sigmoid(-z)
    if beta == 0:
        return [bce], [u]
    if z == 0 and y == mpf(1) / 2:
        return [mpf(0)], [mpf(0) if beta > 1 else (-v * bce, v * bce) if beta == 1 else nan]
    power = abs(u) ** beta
    return [power * bce], [power * u + beta * power / abs(u) * sign(u) * v * bce]


def smooth(c):
    return away([c.x[0]], [mpf(0)])

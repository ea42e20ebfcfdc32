from mpmath import mpf

from pieces import sigmoid, softplus


def loss(c):
    z, y, g = c.x[0], c.y[0], c.scalar("gamma")
    p, not_p = sigmoid(z), sigmoid(-z)
    bce = y * softplus(-z) + (1 - y) * softplus(z)
    slope = (1 - y) * p - y * not_p
    alpha = c.params["alpha"]
    a = alpha[0] * y + (1 - alpha[0]) * (1 - y) if alpha else mpf(1)
    q = y * not_p + (1 - y) * p  # 1 - p_t
    dq = (1 - 2 * y) * p * not_p
    if g == 0:
        return [a * bce], [a * slope]
    return [a * q**g * bce], [a * (g * q**g / q * dq * bce + q**g * slope)]

from pieces import sigmoid, softplus


def loss(c):
    z, y, alpha, gamma = c.x[0], c.y[0], c.scalar("alpha"), c.scalar("gamma")
    weight, toward = (1, -1) if y == 1 else ((1 - y) ** gamma, 1)
    p, q, s = sigmoid(toward * z), sigmoid(-toward * z), softplus(toward * z)
    return [weight * p**alpha * s], [toward * weight * p**alpha * (p + alpha * q * s)]

from pieces import sigmoid, softplus


def loss(c):
    z, y, alpha, gamma = c.x[0], c.y[0], c.scalar("alpha"), c.scalar("gamma")
    if y > 0:
        return [y * (y * softplus(-z) + (1 - y) * softplus(z))], [y * ((1 - y) * sigmoid(z) - y * sigmoid(-z))]
    p, q, s = sigmoid(z), sigmoid(-z), softplus(z)
    inner = p if c.conventions.get("modulator") == "constant" else p + gamma * q * s
    return [alpha * p**gamma * s], [alpha * p**gamma * inner]


def smooth(c):
    return c.y[0] > 0 or c.conventions.get("modulator") != "constant" or c.scalar("gamma") == 0

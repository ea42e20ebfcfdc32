from pieces import away


def loss(c):
    short = max(c.scalar("margin") - c.y[0] * c.x[0], 0)
    return [short**2], [-2 * c.y[0] * short]


def smooth(c):
    return away([c.y[0] * c.x[0]], [c.scalar("margin")])

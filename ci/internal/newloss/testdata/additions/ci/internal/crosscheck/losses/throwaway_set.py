def loss(c):
    n = sum(p * (1 - y) + y * (1 - p) for p, y in zip(c.x, c.y))
    d = sum(c.x) + sum(c.y) + c.scalar("smooth")
    return [n / d], [(1 - 2 * y) / d - n / d**2 for y in c.y]

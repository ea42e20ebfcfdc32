def loss(c):
    return [sum((x - y) ** 2 for x, y in zip(c.x, c.y))], [2 * (x - y) for x, y in zip(c.x, c.y)]

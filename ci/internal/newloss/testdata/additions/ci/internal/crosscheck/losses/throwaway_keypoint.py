def loss(c):
    away = [x - y for x, y in zip(c.x, c.y)]
    return [sum(d * d for d in away)], [2 * d for d in away]

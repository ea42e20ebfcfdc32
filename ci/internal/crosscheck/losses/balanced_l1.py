from mpmath import mpf, exp, log, log1p, expm1, sign

from pieces import away


def loss(c):
    alpha, gamma, d = c.scalar("alpha"), c.scalar("gamma"), c.x[0] - c.y[0]
    g = gamma / alpha
    inverse = exp(-g) / -expm1(-g)  # 1/b
    if abs(d) >= 1:
        return [gamma * abs(d) + gamma * inverse - alpha], [gamma * sign(d)]
    if d == 0:
        return [mpf(0)], [mpf(0)]
    ell = log1p(abs(d) / inverse) if g < 1000 else g + log(exp(-g) + -expm1(-g) * abs(d))
    return [alpha * ((inverse + abs(d)) * ell - abs(d))], [alpha * ell * sign(d)]


def smooth(c):
    return away([c.x[0] - c.y[0]], [mpf(-1), mpf(1)])

package mutants

import "strings"

// Of losses that have the convention box_eps. What is added to sides and areas is in shares of the hull, as boxGeometry has it: more
// to h and u, and added to areas; lost is what the boxes do not share.
const (
	boxAdded = `
added = if(box_eps_none == 1, 0, box_epsilon / wide / tall)
`
	boxAddedOrLeast = `
eps = box_epsilon / wide / tall
added = if(box_eps_none == 1 or box_eps_floor == 1, 0, eps)
`
	boxGuarded = `
more = if(box_eps_sides == 1, box_epsilon / tall, 0)
longer = more * (w + v)
full = union + longer + added
lost = if(meet, px * h + ox * py + sx * u + ox * sy, w * h + v * u)
guarded = if(box_eps_none == 1, s, if(meet, (lost + longer + added) / full, 1))
opposite = side + if(k == 0 or k == 2, more, 0)
within = -if(k == 0 or k == 2, oy * (v * (u + more) + opposite * px + added), ox * (v * (u + more) + w * (py + more) + added)) / full / full
falling = if(meet, if(outside, opposite * ox * oy / full / full, within), 0)
`
	boxRaised = `
raised = box_eps_floor == 1 and union < eps
part = if(raised, if(meet, (eps - ox * oy) / eps, 1), guarded)
sloping = if(raised, if(meet and not outside, -if(k == 0 or k == 2, oy, ox) / eps, 0), falling)
`
)

// guardedDistance is boxDistance with an ε in c².
var guardedDistance = strings.NewReplacer(
	"square = width * width + height * height", "far = if(box_eps_none == 1, 0, box_epsilon / m / m)\nsquare = width * width + height * height + far",
	"quarter = (", "quarter = (far + ").Replace(boxDistance)

// guardedAspect is boxAspect with an ε in sides and in the denominator of α.
var guardedAspect = strings.NewReplacer(
	"b = h * height", "longish = if(box_eps_sides == 1, box_epsilon / m, 0)\nb = h * height + longish",
	"d = u * height", "d = u * height + longish",
	"aspect / (s + aspect)", "aspect / (guarded + aspect + if(box_eps_none == 1, 0, box_epsilon))").Replace(boxAspect)

package properties

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// A Look gathers how much the checks of a run looked at: of each output of a loss in a dtype, what
// was different in the calls whose answers were held against something. It is safe for concurrent use.
type Look struct {
	lock sync.Mutex
	at   map[lookedAt]*extent
}

type lookedAt struct {
	loss, format string
	output       subject.Output
}

type extent struct {
	calls          int
	sizes, lengths map[int]bool
	binades        [2 * (1024 + 1075)]bool // by exponent, those of negative numbers behind the others
	points         map[uint64]bool
	reductions     map[loss.Reduction]bool
}

// Looked is what a Look has seen of one output of a loss in a dtype. A number that is small says
// where nothing is known.
type Looked struct {
	Loss       string           `json:"loss"`
	Format     string           `json:"format"`
	Output     subject.Output   `json:"output"`
	Calls      int              `json:"calls"`
	Sizes      int              `json:"sizes"`      // different numbers of predictions of an item
	Largest    int              `json:"largest"`    // of them
	Lengths    int              `json:"lengths"`    // different numbers of items of a call
	Longest    int              `json:"longest"`    // of them
	Binades    int              `json:"binades"`    // of predictions other than 0, by sign and exponent
	Points     int              `json:"points"`     // different settings of the parameters
	Reductions []loss.Reduction `json:"reductions"` // none first
}

// Add enters a call of which some outputs were checked.
func (l *Look) Add(p *loss.Plan, outputs ...subject.Output) {
	if l == nil {
		return
	}
	var exponents []int
	for _, x := range p.Pred {
		if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		e := math.Ilogb(x) + 1074
		if math.Signbit(x) {
			e += 1024 + 1075
		}
		if len(exponents) == 0 || exponents[len(exponents)-1] != e {
			exponents = append(exponents, e)
		}
	}
	var bits []byte
	for _, param := range p.Decl.Params {
		values := p.Args.Vector(param.Name)
		bits = append(bits, byte(len(values)))
		for _, x := range values {
			bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(x))
		}
	}
	h := fnv.New64a()
	h.Write(bits)
	point := h.Sum64()
	l.lock.Lock()
	defer l.lock.Unlock()
	for _, o := range outputs {
		e := l.extent(lookedAt{p.Loss, p.Format.Name, o})
		e.calls++
		e.sizes[p.Width], e.lengths[p.Items()], e.points[point], e.reductions[p.Reduction] = true, true, true, true
		for _, x := range exponents {
			e.binades[x] = true
		}
	}
}

func (l *Look) extent(at lookedAt) *extent {
	if l.at == nil {
		l.at = map[lookedAt]*extent{}
	}
	if l.at[at] == nil {
		l.at[at] = &extent{sizes: map[int]bool{}, lengths: map[int]bool{},
			points: map[uint64]bool{}, reductions: map[loss.Reduction]bool{}}
	}
	return l.at[at]
}

// Seen lists what was looked at, ordered by loss, dtype and output.
func (l *Look) Seen() []Looked {
	l.lock.Lock()
	defer l.lock.Unlock()
	var all []Looked
	for at, e := range l.at {
		all = append(all, Looked{at.loss, at.format, at.output, e.calls, len(e.sizes), most(e.sizes), len(e.lengths), most(e.lengths),
			count(e.binades[:]), len(e.points), slices.DeleteFunc(loss.Reductions(), func(r loss.Reduction) bool { return !e.reductions[r] })})
	}
	slices.SortFunc(all, func(a, b Looked) int {
		return cmp.Or(cmp.Compare(a.Loss, b.Loss), cmp.Compare(a.Format, b.Format), -cmp.Compare(a.Output, b.Output))
	})
	return all
}

func count(of []bool) int {
	n := 0
	for _, is := range of {
		if is {
			n++
		}
	}
	return n
}

func most(of map[int]bool) int {
	n := 0
	for k := range of {
		n = max(n, k)
	}
	return n
}

package golden

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// shortNames are the first parts of ids. A loss that has none here goes by its whole
// name, so that adding a loss does not ask for an entry.
var shortNames = map[string]string{
	"binary_cross_entropy":             "bce",
	"binary_cross_entropy_with_logits": "bcel",
	"categorical_cross_entropy":        "cce",
	"classification_error":             "cerr",
	"cross_entropy":                    "ce",
	"log_sigmoid":                      "lsig",
	"log_softmax":                      "lsm",
	"log_sum_exp":                      "lse",
	"sigmoid":                          "sig",
	"sigmoid_focal":                    "sigf",
	"softmax":                          "sm",
	"softmax_focal":                    "smf",
	"softplus":                         "sp",
	"squared_error":                    "se",
	"squared_error_with_logits":        "sel",
}

func shortName(lossName string) string {
	if short, ok := shortNames[lossName]; ok {
		return short
	}
	return lossName
}

// idDigits base32 digits are 60 bits: among 20,000 cases two meet by chance once in
// six billion suites, and Lint would see it.
const idDigits = 12

// ID names a call: the short name of its loss, its dtype, and the start of the sha256,
// in lower-case base32, of its canonical text. It depends on the question only: not on
// the answer, the flags, or the place of the case.
func ID(c *loss.Call) string {
	sum := sha256.Sum256([]byte(canonicalText(c)))
	digits := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:idDigits]
	return shortName(c.Loss) + "." + c.Format.Name + "." + digits
}

// canonicalText is what the id is a hash of: one line for each part of the call that is
// there, in a fixed order, numbers as bits, parameters and conventions that have their
// default left out.
func canonicalText(c *loss.Call) string {
	k := c.Canonical()
	var b strings.Builder
	line := func(key string, values ...string) {
		b.WriteString(key + "=" + strings.Join(values, ",") + "\n")
	}
	line("loss", k.Loss)
	line("dtype", k.Format.Name)
	line("reduction", string(k.Reduction))
	for _, name := range slices.Sorted(maps.Keys(k.Params)) {
		line("param."+name, paramTexts(&k, name)...)
	}
	for _, name := range slices.Sorted(maps.Keys(k.Conventions)) {
		line("convention."+name, k.Conventions[name])
	}
	line("shape", fmt.Sprint(k.Rows), fmt.Sprint(k.Cols))
	line("pred", k.Format.Hexes(k.Pred)...)
	if k.Target != nil {
		line("target", k.Format.Hexes(k.Target)...)
	}
	if k.Label != nil {
		line("label", labelTexts(k.Label)...)
	}
	if k.Weight != nil {
		line("weight", k.Format.Hexes(k.Weight)...)
	}
	if k.Upstream != nil {
		line("upstream", k.Format.Hexes(k.Upstream)...)
	}
	return b.String()
}

// labelTexts writes class indices in decimal; nil stays nil.
func labelTexts(labels []int) []string {
	if labels == nil {
		return nil
	}
	texts := make([]string, len(labels))
	for i, t := range labels {
		texts[i] = strconv.Itoa(t)
	}
	return texts
}

func parseLabels(texts words) ([]int, error) {
	if texts == nil {
		return nil, nil
	}
	labels := make([]int, len(texts))
	for i, text := range texts {
		var err error
		if labels[i], err = strconv.Atoi(text); err != nil || strconv.Itoa(labels[i]) != text {
			return nil, fmt.Errorf("label %q: want a whole number", text)
		}
	}
	return labels, nil
}

// paramTexts writes the numbers of a parameter: whole numbers in decimal, since a dtype
// need not hold them, and the others as bits.
func paramTexts(c *loss.Call, name string) []string {
	v := c.Params[name]
	if !c.WholeParam(name) {
		return c.Format.Hexes(v)
	}
	texts := make([]string, len(v))
	for i, x := range v {
		texts[i] = strconv.FormatInt(int64(x), 10)
	}
	return texts
}

package main

import "fmt"

// A target says how many times as fast as another one implementation is to be.
type target struct {
	what    string
	fast    keys // of the benchmark that is to be fast
	slow    keys // of the one that it is compared with, where they differ
	atLeast float64
}

// keys are key=value parts of a benchmark's name. An impl of best is the widest tier of
// the kernels that was measured.
type keys map[string]string

const best = "best"

func (k keys) with(changes keys) keys {
	all := keys{}
	for _, from := range []keys{k, changes} {
		for key, value := range from {
			if value == "" {
				delete(all, key)
			} else {
				all[key] = value
			}
		}
	}
	return all
}

func pointwise(loss, op string, n int) keys {
	return keys{"loss": loss, "op": op, "dtype": "f32", "impl": best, "n": fmt.Sprint(n)}
}

func rowwise(loss, op string, rows, classes int) keys {
	return keys{"loss": loss, "op": op, "dtype": "f32", "impl": best, "rows": fmt.Sprint(rows), "classes": fmt.Sprint(classes)}
}

func over(implementation string) keys { return keys{"impl": implementation} }

// targets are what the kernels are held to. Each ratio is of times in one run.
func targets() []target {
	bce := pointwise("binary_cross_entropy_with_logits", "sum_grad", 1<<16)
	large := pointwise("binary_cross_entropy_with_logits", "sum_grad", 1<<24)
	shared := pointwise("binary_cross_entropy_with_logits", "sum_grad", 1<<22)
	focal := pointwise("sigmoid_focal", "sum_grad", 1<<16)
	var list []target
	add := func(what string, fast, slow keys, atLeast float64) {
		list = append(list, target{what, fast, fast.with(slow), atLeast})
	}
	// Each target against PyTorch stands for it as it comes. That with memory kept is for information.
	torch := func(what string, fast keys, atLeast float64) {
		add(what+", over PyTorch", fast, over("torch"), atLeast)
		add(what+", over PyTorch with memory kept", fast, over("torch_kept"), 0)
	}
	add("BCE with logits, n=2^16, over scalar Go", bce, over("scalar"), 35)
	torch("BCE with logits, n=2^16", bce, 8)
	torch("sigmoid focal γ=2, n=2^16", focal, 10)
	torch("cross-entropy, 4096×80", rowwise("cross_entropy", "sum_grad", 4096, 80), 4)
	torch("cross-entropy, 4096×1000", rowwise("cross_entropy", "sum_grad", 4096, 1000), 6)
	torch("cross-entropy, 256×50257", rowwise("cross_entropy", "sum_grad", 256, 50257), 10)
	torch("cross-entropy, 4096×10", rowwise("cross_entropy", "sum_grad", 4096, 10), 6)
	for _, exponent := range []int{16, 24} {
		add(fmt.Sprintf("squared error sum, n=2^%d, over a plain read", exponent),
			pointwise("squared_error", "sum", 1<<exponent), over("roofline"), 0.9)
	}
	add("BCE with logits, n=2^24, over a plain read and write", large, over("roofline"), 1/1.5)
	for _, k := range []struct {
		name string
		keys keys
	}{
		{"BCE with logits, n=2^16", bce},
		{"sigmoid focal γ=2, n=2^16", focal},
		{"squared error sum, n=2^16", pointwise("squared_error", "sum", 1<<16)},
		{"cross-entropy, 4096×80", rowwise("cross_entropy", "sum_grad", 4096, 80)},
		{"cross-entropy, 4096×1000", rowwise("cross_entropy", "sum_grad", 4096, 1000)},
	} {
		add(k.name+", AVX2 over AVX-512", k.keys.with(over("avx2")), over("avx512"), 0.5)
		add(k.name+", Go fallback over scalar Go", k.keys.with(over("generic")), over("scalar"), 1)
	}
	add("BCE with logits, n=2^22, two workers over one", shared.with(keys{"workers": "2"}), keys{"workers": "1"}, 1.8)
	add("BCE with logits, n=2^16, over C with AVX-512 intrinsics", bce, over("c"), 0.9)
	return list
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// truths are all that there are, also for parameters that no entry has.
var truths = []entry{
	{loss: "binary_cross_entropy_with_logits", truth: binaryCrossEntropyWithLogits(1)},
	{loss: "binary_cross_entropy_with_logits", params: loss.Params{"pos_weight": {2.5}}, truth: binaryCrossEntropyWithLogits(2.5)},
	{loss: "binary_cross_entropy_with_logits", params: loss.Params{"pos_weight": {0.1}}, truth: binaryCrossEntropyWithLogits(0.1)},
	{loss: "squared_error_with_logits", truth: squaredErrorWithLogits(1)},
	{loss: "squared_error_with_logits", conventions: halved, truth: squaredErrorWithLogits(0.5)},
	{loss: "sigmoid", truth: sigmoid},
	{loss: "softplus", truth: softplus},
	{loss: "log_sigmoid", truth: logSigmoid},
	{loss: "squared_error", truth: squaredError(1)},
	{loss: "squared_error", conventions: halved, truth: squaredError(0.5)},
	{loss: "absolute_error", truth: absoluteError},
	{loss: "huber", truth: huber(1, 1)},
	{loss: "huber", params: loss.Params{"delta": {third}}, truth: huber(third, 1)},
	{loss: "smooth_l1", truth: huber(1, 1)},
	{loss: "smooth_l1", params: loss.Params{"beta": {third}}, truth: huber(third, third)},
	{loss: "binary_cross_entropy", truth: binaryCrossEntropy},
	{loss: "sigmoid_focal", params: loss.Params{"alpha": {0.25}, "gamma": {2}}, truth: sigmoidFocal(0.25, 2)},
	{loss: "sigmoid_focal", params: loss.Params{"alpha": {0.25}, "gamma": {1}}, truth: sigmoidFocal(0.25, 1)},
	{loss: "sigmoid_focal", params: loss.Params{"alpha": {0.75}, "gamma": {0}}, truth: sigmoidFocal(0.75, 0)},
	{loss: "sigmoid_focal", params: loss.Params{"alpha": nil, "gamma": {1.5}}, truth: sigmoidFocal(-1, 1.5)},
	{loss: "sigmoid_focal", params: loss.Params{"alpha": {0.25}, "gamma": {5}}, truth: sigmoidFocal(0.25, 5)},
	{loss: "quality_focal", truth: sigmoidFocal(-1, 2)},
	{loss: "quality_focal", params: loss.Params{"beta": {1.5}}, truth: sigmoidFocal(-1, 1.5)},
	{loss: "varifocal", truth: varifocal(0.75, 2)},
	{loss: "varifocal", params: loss.Params{"gamma": {1.5}}, truth: varifocal(0.75, 1.5)},
	{loss: "gaussian_focal_with_logits", truth: sigmoidFocal(-1, 2)},
	{loss: "gaussian_focal_with_logits", params: loss.Params{"alpha": {1.5}}, truth: sigmoidFocal(-1, 1.5)},
}

// TestTruth_IsTheOracles holds each truth to the oracle, to the bound that the report relies
// on: 2^-17 ulp of float32, where that is 2^-40 of the number and in the subnormal range.
func TestTruth_IsTheOracles(t *testing.T) {
	const inputs = 60
	r := rand.New(rand.NewPCG(1, 1))
	for _, e := range truths {
		t.Run(fmt.Sprint(e.loss, e.params, e.conventions), func(t *testing.T) {
			b := newBlock()
			value, grad := make([]float64, blockSize), make([]float64, blockSize)
			for i := range inputs {
				magnitude := math.Float32frombits(r.Uint32N(0x7f800001)) // infinities as well
				if i%2 == 0 {
					magnitude = float32(math.Exp2(r.Float64()*10 - 3))
				}
				if i == 0 {
					magnitude = float32(math.Inf(1))
				}
				if e.truth.probabilities {
					magnitude = r.Float32()
					if i%3 == 0 {
						magnitude = math.Float32frombits(r.Uint32N(one32 + 1))
					}
				}
				bits := math.Float32bits(magnitude)
				b.set(bits &^ (blockSize - 1))
				for _, negative := range []bool{false, true} {
					pred := float64(magnitude)
					if negative {
						pred = -pred
					}
					if negative && e.truth.probabilities || e.loss == "squared_error" && math.IsInf(pred, 0) {
						continue
					}
					for _, target := range e.targets() {
						e.truth.fill(b, negative, target, value, grad)
						row := map[float64]string{0: "0", 1: "1"}[target]
						if e.truth.noTarget {
							row = "-"
						}
						for output, got := range map[string]float64{"value": value[bits%blockSize], "gradient": grad[bits%blockSize]} {
							want, err := e.askIn(ieee.Float64, row, output, pred)
							require.NoError(t, err)
							v := want.Rounded
							if math.IsInf(v, 0) && math.Abs(got) > math.MaxFloat32 && (got > 0) == (v > 0) {
								continue
							}
							allowed := max(math.Abs(v)*0x1p-40, 0x1p-149*0x1p-17)
							if !(math.Abs(got-v) <= allowed) {
								t.Errorf("%s at %v, target %s: %v, the oracle has %v", output, pred, row, got, v)
							}
						}
					}
				}
			}
		})
	}
}

// TestTruth_OfNaNIsNaN: the truth about a prediction that is NaN is NaN, value and gradient.
func TestTruth_OfNaNIsNaN(t *testing.T) {
	b := newBlock()
	b.set(0x7fc00000)
	value, grad := make([]float64, blockSize), make([]float64, blockSize)
	for _, e := range truths {
		for _, target := range e.targets() {
			e.truth.fill(b, false, target, value, grad)
			for i := range blockSize {
				require.True(t, math.IsNaN(value[i]) && math.IsNaN(grad[i]), "%s, target %v: %v and %v", e.loss, target, value[i], grad[i])
			}
		}
	}
}

// variants are the ends of the names of kernels that are a loss at some of its parameters.
var variants = regexp.MustCompile(`(Zero|One|Two|Any|Weighted)$`)

// TestEntries_HoldEveryKernel: a loss has an entry for each kernel of it that the tables of
// the generated code name.
func TestEntries_HoldEveryKernel(t *testing.T) {
	entered := map[string]int{}
	for _, e := range entries() {
		entered[strings.ReplaceAll(e.loss, "_", "")]++
	}
	text, err := os.ReadFile("../../../impl/kernel/zfloat32_avx2_tables_amd64.go")
	require.NoError(t, err)
	kernels := regexp.MustCompile(`(\w+)32\.vector\[AVX2\] = forms`).FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, kernels)
	for _, k := range kernels {
		of := strings.ToLower(variants.ReplaceAllString(k[1], ""))
		entered[of]--
		require.GreaterOrEqual(t, entered[of], 0, "%s has no entry, or another kernel of its loss has none", k[1])
	}
}

// TestCheckRange_SameWorstInEveryTier checks a range of everyday numbers and one of
// subnormals.
func TestCheckRange_SameWorstInEveryTier(t *testing.T) {
	const n = pieceSize / 8
	for _, first := range []int{0x3f800000, 0} {
		want := checkRange(newBlock(), entries(), kernel.Go, first, n)
		for _, tier := range kernel.Tiers() {
			require.Equal(t, want, checkRange(newBlock(), entries(), tier, first, n), tier)
		}
		for _, r := range want {
			require.NotZero(t, r.Checked, r)
			for _, f := range r.Worst {
				require.Less(t, float64(f.Error), 4.0, r)
			}
		}
	}
}

// TestCompare_SeesEveryError: a result that is one float32 off, NaN, infinite, or that should
// be.
func TestCompare_SeesEveryError(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		got  float32
		want float64
		err  ulps
	}{
		{1, 1, 0},
		{math.Nextafter32(1.5, 2), 1.5, 1},
		{math.Nextafter32(1, 0), math.Nextafter(1, 0), 1 - 0x1p-29},
		{math.Nextafter32(1, 2), 1, 2}, // of the ulp below, for the truth may lie there
		{0x1p-149, 0, 1},
		{0, 0x1p-149 * 0.75, 0.75},
		{nan, 1, ulps(inf)},
		{1, math.NaN(), ulps(inf)},
		{inf, 1, ulps(inf)},
		{1, math.Inf(1), ulps(inf)},
		{-inf, math.Inf(1), ulps(inf)},
		{nan, math.NaN(), 0},
		{inf, 1e39, 0},
		{inf, math.Inf(1), 0},
		{math.MaxFloat32, 1e39, ulps(inf)},
	} {
		ch := newChecker(entries()[0], kernel.Go)
		r := ch.rows[0]
		ch.compare(r, []float32{c.got}, []float64{c.want})
		var got ulps
		if len(r.Worst) > 0 {
			got = r.Worst[0].Error
		}
		require.Equal(t, c.err, got, "%v for %v", c.got, c.want)
	}
}

func TestRow_KeepsTheWorstInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	all := make([]found, 100)
	for i := range all {
		all[i] = found{ulps(r.IntN(20)), uint32(i), 0}
	}
	enter := func() *row {
		total, part := &row{}, &row{}
		for i, f := range all {
			part.add(f)
			if i%7 == 0 {
				total.merge(part)
				part = &row{}
			}
		}
		total.merge(part)
		return total
	}
	want := enter()
	require.Len(t, want.Worst, keep)
	for range 10 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		require.Equal(t, want, enter())
	}
}

// TestState_ShardsAndResumedRunsGiveTheSameTable runs two pieces whole, in two shards, and
// with an interruption.
func TestState_ShardsAndResumedRunsGiveTheSameTable(t *testing.T) {
	const every = 1024
	list, tier, folder := entries()[:3], kernel.Best(), t.TempDir()
	silent, err := os.Create(filepath.Join(folder, "progress"))
	require.NoError(t, err)
	defer silent.Close()
	table := func(s *state) string {
		var text bytes.Buffer
		_, err := report(&text, s, list)
		require.NoError(t, err)
		return text.String()
	}

	whole := newState(list, tier, 0, 1, every)
	require.Len(t, whole.left(), 2)
	require.NoError(t, whole.work(list, filepath.Join(folder, "whole"), silent))
	require.Contains(t, table(whole), list[0].name)

	var files []string
	for i := range 2 {
		s := newState(list, tier, i, 2, every)
		files = append(files, filepath.Join(folder, fmt.Sprint(i)))
		require.NoError(t, s.work(list, files[i], silent))
	}
	both, err := merged(files)
	require.NoError(t, err)
	require.Equal(t, table(whole), table(both))

	_, err = merged(files[:1])
	require.ErrorContains(t, err, "1 of 2 pieces have not been done")
	_, err = merged([]string{files[0], files[0]})
	require.ErrorContains(t, err, "is in another file as well")

	half := newState(list, tier, 0, 1, every)
	require.NoError(t, half.enter(0, checkRange(newBlock(), list, tier, 0, pieceSize)))
	require.NoError(t, half.save(filepath.Join(folder, "half")))
	again := newState(list, tier, 0, 1, every)
	resumed, err := again.resume(filepath.Join(folder, "half"))
	require.NoError(t, err)
	require.True(t, resumed)
	require.Equal(t, []int{every}, again.left())
	require.NoError(t, again.work(list, filepath.Join(folder, "half"), silent))
	require.Equal(t, table(whole), table(again))

	other := newState(list, tier, 0, 3, every)
	_, err = other.resume(filepath.Join(folder, "half"))
	require.ErrorContains(t, err, "is the state of other work")
}

// Each of these changes a state in one place.
func TestState_WhatIsNoneIsRefused(t *testing.T) {
	const every = 1024
	list, file := entries()[:3], filepath.Join(t.TempDir(), "state")
	s := newState(list, kernel.Best(), 0, 1, every)
	require.NoError(t, s.enter(0, checkRange(newBlock(), list, kernel.Best(), 0, pieceSize)))
	require.NoError(t, s.save(file))
	_, err := readState(file)
	require.NoError(t, err)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for says, change := range map[string]func(s *state){
		"no rows":               func(s *state) { s.Rows = nil },
		"row 1 is of no kernel": func(s *state) { s.Rows[1] = nil },
		"row 0 is of no kernel": func(s *state) { s.Rows[0].Kernel = "nosuch" },
		"has 0 results":         func(s *state) { s.Rows[0].Checked = 0 },
		"want 4194304 results":  func(s *state) { s.Done[every] = true },
		"no shard":              func(s *state) { s.Shard = 1 },
	} {
		var changed state
		require.NoError(t, json.Unmarshal(text, &changed))
		change(&changed)
		changedText, err := json.Marshal(&changed)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, changedText, 0o600))
		_, err = readState(file)
		require.ErrorContains(t, err, says)
	}
	require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte("{"), []byte(`{"tier":"go",`), 1), 0o600))
	_, err = readState(file)
	require.ErrorContains(t, err, "stands there twice")
}

// Two shards that begin with one file at once do not lose one: the second to write finds the other's.
func TestState_TwoShardsDoNotShareAFile(t *testing.T) {
	list, file := entries()[:1], filepath.Join(t.TempDir(), "state")
	first, second := newState(list, kernel.Best(), 0, 2, 1024), newState(list, kernel.Best(), 1, 2, 1024)
	for _, s := range []*state{first, second} {
		resumed, err := s.resume(file)
		require.NoError(t, err)
		require.False(t, resumed)
	}
	require.NoError(t, first.save(file))
	require.ErrorIs(t, second.save(file), fs.ErrExist)
	require.NoError(t, first.save(file))
	require.NoError(t, os.Remove(file))
	second.begun = false
	require.NoError(t, second.save(file))
	require.ErrorContains(t, first.save(file), "is the state of other work")
}

func TestWhichShard(t *testing.T) {
	status := filepath.Join(t.TempDir(), "status")
	for _, c := range []struct {
		option    string
		shards    int
		env       map[string]string
		shard, of int
		err       string
	}{
		{"", 0, nil, 0, 1, ""},
		{"3/8", 0, nil, 3, 8, ""},
		{"8/8", 0, nil, 0, 0, "want 0 ≤ i < n"},
		{"-1/8", 0, nil, 0, 0, "want 0 ≤ i < n"},
		{"x", 0, nil, 0, 0, "want i/n"},
		{"1/2/3", 0, nil, 0, 0, "want i/n"},
		{"", 0, map[string]string{"TEST_TOTAL_SHARDS": "4", "TEST_SHARD_INDEX": "1", "TEST_SHARD_STATUS_FILE": status}, 1, 4, ""},
		{"", 10, map[string]string{"JOB_COMPLETION_INDEX": "9"}, 9, 10, ""},
		{"", 0, map[string]string{"JOB_COMPLETION_INDEX": "9"}, 0, 0, "want --shards"},
		{"", 4, nil, 0, 0, "--shards wants"},
		{"0/2", 0, map[string]string{"JOB_COMPLETION_INDEX": "9"}, 0, 2, ""},
	} {
		shard, of, err := whichShard(c.option, c.shards, func(name string) string { return c.env[name] })
		if c.err != "" {
			require.ErrorContains(t, err, c.err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, [2]int{c.shard, c.of}, [2]int{shard, of})
	}
	require.FileExists(t, status)
}

package bench

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/cpu"

	"github.com/lossproof/lossproof/internal/results"
)

// A peer checks what it computes against values of its own, and prints results that are
// read as ours are.

func TestTorchPeer_PrintsCheckedResults(t *testing.T) {
	python := cmp.Or(os.Getenv("PYTHON"), "python3")
	if out, err := exec.Command(python, "-c", "import torch, torchvision").CombinedOutput(); err != nil {
		t.Skipf("NOT RUN: %s has no torch with torchvision: %v %s", python, err, out)
	}
	s := runPeer(t, exec.Command(python, "peers/torch_peer.py", "--time", "0.001", "--bench", "n=65536|classes=(10|80)$"))
	require.Len(t, s.Names, 10, "three pointwise losses and two sizes of rows, with and without a gradient")
	for _, name := range s.Names {
		require.Equal(t, "torch", results.Keys(name)["impl"])
	}
}

func TestCPeer_PrintsCheckedResults(t *testing.T) {
	compiler := cmp.Or(os.Getenv("CC"), "cc")
	if _, err := exec.LookPath(compiler); err != nil || !cpu.X86.HasAVX512F || !cpu.X86.HasAVX512DQ {
		t.Skipf("NOT RUN: no C compiler %s, or no AVX-512", compiler)
	}
	program := filepath.Join(t.TempDir(), "bce")
	out, err := exec.Command(compiler, "-O3", "-march=native", "-o", program, "peers/bce_avx512.c", "-lm").CombinedOutput()
	require.NoError(t, err, string(out))
	s := runPeer(t, exec.Command(program, "0.001"))
	require.Equal(t, []string{"Loss/loss=binary_cross_entropy_with_logits/op=sum_grad/dtype=f32/impl=c/n=65536"}, s.Names)
}

func runPeer(t *testing.T, command *exec.Cmd) *results.Set {
	t.Helper()
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	require.NoError(t, err, complaints.String())
	s, err := results.Read(bytes.NewReader(out), "peer")
	require.NoError(t, err)
	for _, name := range s.Names {
		require.Positive(t, s.Values[name][results.Time][0])
	}
	return s
}

// Command exhaustive checks the float32 kernels at every prediction. The script
// ci/exhaustive runs it.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/lossproof/lossproof/impl/kernel"
)

func main() {
	ok, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "ci/exhaustive:", err)
		os.Exit(2)
	}
	if !ok {
		fmt.Println("\nFAILED")
		os.Exit(1)
	}
}

func run(args []string) (ok bool, err error) {
	if len(args) > 0 && args[0] == "merge" {
		if len(args) == 1 {
			return false, errors.New("merge wants the state files of all shards")
		}
		total, err := merged(args[1:])
		if err != nil {
			return false, err
		}
		return report(os.Stdout, total, entries())
	}
	flags := flag.NewFlagSet("ci/exhaustive", flag.ContinueOnError)
	shardFlag := flags.String("shard", "", "part i of n, i/n with i from 0")
	shards := flags.Int("shards", 0, "number of parts, where JOB_COMPLETION_INDEX says which this is")
	every := flags.Int("every", 1, "check one in so many pieces only, for a trial")
	only := flags.String("kernel", "", "regular expression: the kernels to check")
	file := flags.String("state", "", "file of the state (default in the user's cache folder)")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return false, errors.Join(err, errors.New("want options only, or merge and files"))
	}
	shard, of, err := whichShard(*shardFlag, *shards, os.Getenv)
	if err != nil {
		return false, err
	}
	pattern, err := regexp.Compile(*only)
	if err != nil || *every < 1 {
		return false, errors.Join(err, errors.New("want --kernel a regular expression and --every at least 1"))
	}
	var list []entry
	for _, e := range entries() {
		if pattern.MatchString(e.name) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return false, fmt.Errorf("no kernel %s", *only)
	}
	s := newState(list, kernel.Best(), shard, of, *every)
	if *file == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return false, err
		}
		*file = filepath.Join(cache, "lossproof", fmt.Sprintf("exhaustive-%s-%d-of-%d-every-%d.json", s.Key, shard, of, *every))
	}
	resumed, err := s.resume(*file)
	if err != nil {
		return false, err
	}
	if resumed {
		fmt.Fprintf(os.Stderr, "%s: %d pieces are left\n", *file, len(s.left()))
	} else {
		fmt.Fprintln(os.Stderr, "the state is kept in", *file)
	}
	if err := s.work(list, *file, os.Stderr); err != nil {
		return false, err
	}
	if of > 1 {
		fmt.Printf("shard %d/%d is done; when all are: ci/exhaustive merge FILE...\n\n", shard, of)
	}
	return report(os.Stdout, s, list)
}

// whichShard is the shard that the command line asks for, or else the environment of Bazel or
// of a Kubernetes Indexed Job, which does not say how many there are.
func whichShard(option string, shards int, getenv func(string) string) (shard, of int, err error) {
	index, count := "0", "1"
	switch {
	case option != "":
		if n, err := fmt.Sscanf(option+" ", "%d/%d ", &shard, &of); n != 2 || err != nil {
			return 0, 0, fmt.Errorf("--shard %s: want i/n", option)
		}
		index, count = strconv.Itoa(shard), strconv.Itoa(of)
	case getenv("TEST_TOTAL_SHARDS") != "":
		index, count = getenv("TEST_SHARD_INDEX"), getenv("TEST_TOTAL_SHARDS")
		if file := getenv("TEST_SHARD_STATUS_FILE"); file != "" { // tells Bazel that shards are understood
			if err := os.WriteFile(file, nil, 0o666); err != nil {
				return 0, 0, err
			}
		}
	case getenv("JOB_COMPLETION_INDEX") != "":
		if shards < 1 {
			return 0, 0, errors.New("JOB_COMPLETION_INDEX is set: want --shards, the number of completions of the job")
		}
		index, count = getenv("JOB_COMPLETION_INDEX"), strconv.Itoa(shards)
	case shards > 1:
		return 0, 0, errors.New("--shards wants JOB_COMPLETION_INDEX to say which; or use --shard i/n")
	}
	shard, err = strconv.Atoi(index)
	of, err2 := strconv.Atoi(count)
	if err != nil || err2 != nil || shard < 0 || shard >= of {
		return 0, 0, fmt.Errorf("shard %s of %s: want 0 ≤ i < n", index, count)
	}
	return shard, of, nil
}

func newState(list []entry, tier kernel.Tier, shard, of, every int) *state {
	s := &state{Key: key(list, tier), Tier: tier.String(), Shard: shard, Shards: of, Every: every, Done: make([]bool, pieces)}
	for _, e := range list {
		s.Rows = append(s.Rows, e.emptyRows()...)
	}
	return s
}

// key identifies the kernels: their names, and results all over their range.
func key(list []entry, tier kernel.Tier) string {
	hash := sha256.New()
	pred, target := make([]float32, 1<<16), make([]float32, 1<<16)
	for i := range pred {
		pred[i] = math.Float32frombits(uint32(i)<<16 | uint32(i)*0x9E37&0xffff)
		target[i] = float32(i % 2)
	}
	value, grad := make([]float32, len(pred)), make([]float32, len(pred))
	for _, e := range list {
		fmt.Fprintln(hash, e.name)
		y := target
		if e.truth.noTarget {
			y = nil
		}
		e.kernel.In(tier).ValueGrad(value, grad, pred, y, 1)
		for i := range value {
			for _, x := range []float32{value[i], grad[i]} {
				if x == x {
					binary.Write(hash, binary.LittleEndian, x)
				}
			}
		}
	}
	return fmt.Sprintf("%s-%x", tier, hash.Sum(nil)[:6])
}

// work does the pieces that are left, on every processor.
func (s *state) work(list []entry, file string, progress *os.File) error {
	left := s.left()
	if len(left) == 0 {
		return nil
	}
	tier := kernel.Go
	for _, t := range kernel.Tiers() {
		if t.String() == s.Tier {
			tier = t
		}
	}
	if err := s.save(file); err != nil { // so that no other takes the file
		return err
	}
	var (
		mutex        sync.Mutex
		failed       error
		next         int
		workers      sync.WaitGroup
		start, saved = time.Now(), time.Now()
	)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			b := newBlock()
			for {
				mutex.Lock()
				if next == len(left) || failed != nil {
					mutex.Unlock()
					return
				}
				piece := left[next]
				next++
				mutex.Unlock()
				rows := checkRange(b, list, tier, piece*pieceSize, pieceSize)
				mutex.Lock()
				failed = errors.Join(failed, s.enter(piece, rows))
				if time.Since(saved) > 10*time.Second {
					saved = time.Now()
					failed = errors.Join(failed, s.save(file))
					remain := len(s.left())
					done := len(left) - remain
					fmt.Fprintf(progress, "%.1f %%, %s, about %s more\n", 100*(1-float64(remain)/float64(len(left))), time.Since(start).Round(time.Second),
						(time.Since(start) / time.Duration(max(done, 1)) * time.Duration(remain)).Round(time.Second))
				}
				mutex.Unlock()
			}
		})
	}
	workers.Wait()
	return errors.Join(failed, s.save(file))
}

// checkRange is what n predictions have to say, and those of the other sign: those whose bits
// are first and what follows, in whole blocks.
func checkRange(b *block, list []entry, tier kernel.Tier, first, n int) (rows []*row) {
	var checkers []*checker
	for _, e := range list {
		c := newChecker(e, tier)
		checkers = append(checkers, c)
		rows = append(rows, c.rows...)
	}
	for at := first; at < first+n; at += blockSize {
		b.set(uint32(at))
		for _, c := range checkers {
			c.check(b)
		}
	}
	return rows
}

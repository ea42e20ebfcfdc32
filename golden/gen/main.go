// Command gen writes the golden vectors and their manifest, from the authored cases, its
// own draws, and the oracle. Run by go generate in golden/, without arguments; the same
// sources give the same bytes on every machine.
package main

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/internal/build"
	"github.com/lossproof/lossproof/golden/internal/lint"
	"github.com/lossproof/lossproof/golden/internal/schema"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

func main() {
	dir := flag.String("dir", ".", "the folder golden/")
	workers := flag.Int("workers", 2, "files made at the same time")
	only := flag.String("only", "", "make the vectors of these losses only, separated by commas, and bring the rest in step with what lies there")
	every := flag.Int("every", 1, "make the vectors of one loss in so many, other ones when a source has changed, and bring the rest in step")
	flag.Parse()
	if err := run(*dir, *workers, *only, *every); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// A job is one file.
type job struct {
	loss   *loss.Loss
	format ieee.Format
	data   []byte
	cases  int
	took   time.Duration
	err    error
}

func run(dir string, workers int, only string, every int) error {
	data := os.DirFS(dir)
	turn, err := turnOf(dir)
	if err != nil {
		return err
	}
	cases, err := fs.Sub(data, "cases")
	if err != nil {
		return err
	}
	b := &build.Builder{Cases: cases, Truth: oracle.Certain, Further: (*oracle.Truth).Further, Undecided: oracle.ErrUndecided, Effort: 1}
	var jobs []*job
	for i, l := range loss.All() {
		if only != "" && !slices.Contains(strings.Split(only, ","), l.Name) || (i+turn)%every != 0 {
			continue
		}
		for _, f := range ieee.Formats() {
			jobs = append(jobs, &job{loss: l, format: f})
		}
	}
	runJobs(b, jobs, workers)
	for _, j := range jobs {
		fmt.Printf("%-48s %5d cases %8d bytes %6.1fs\n",
			golden.FileName(j.loss.Name, j.format), j.cases, len(j.data), j.took.Seconds())
		err = errors.Join(err, j.err)
	}
	if err != nil {
		return err
	}
	if err := write(dir, jobs, only == "" && every == 1); err != nil {
		return err
	}
	return finish(dir)
}

// turnOf is a number that follows from the sources: it says which part is made where not all is.
func turnOf(dir string) (int, error) {
	sources, err := lint.SourceDigests(os.DirFS(filepath.Join(dir, "..")))
	h := fnv.New32a()
	fmt.Fprint(h, sources)
	return int(h.Sum32() >> 1), err
}

// runJobs makes the files, workers at a time. Which worker makes which file decides
// nothing: every file has a seed of its own.
func runJobs(b *build.Builder, jobs []*job, workers int) {
	queue := make(chan *job)
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for j := range queue {
				start := time.Now()
				var vectors []golden.Vector
				if vectors, j.err = b.File(j.loss, j.format); j.err == nil {
					j.data, j.cases = golden.Encode(j.loss.Name, j.format, vectors), len(vectors)
				}
				j.took = time.Since(start)
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	done.Wait()
}

// write replaces the vector files and the schemas; where those are all, what nobody made is removed.
func write(dir string, jobs []*job, all bool) error {
	files, pattern := schema.Files(), ""
	if all {
		pattern = "v1/*.json"
	}
	for _, j := range jobs {
		files[golden.FileName(j.loss.Name, j.format)] = j.data
	}
	return replace(dir, pattern, files)
}

// replace writes files, and removes what else the pattern matches.
func replace(dir, pattern string, files map[string][]byte) error {
	there, err := fs.Glob(os.DirFS(dir), pattern)
	for _, name := range there {
		if files[name] == nil {
			err = errors.Join(err, os.Remove(filepath.Join(dir, filepath.FromSlash(name))))
		}
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644))
	}
	return err
}

// finish writes the manifest and what is embedded, and lints the result, read back from the disk.
func finish(dir string) error {
	data, module := os.DirFS(dir), os.DirFS(filepath.Join(dir, ".."))
	files, err := lint.DataDigests(data)
	if err != nil {
		return err
	}
	sources, err := lint.SourceDigests(module)
	if err != nil {
		return err
	}
	m := lint.Manifest{Schema: lint.ManifestSchema, Files: files, Sources: sources}
	if err := os.WriteFile(filepath.Join(dir, "MANIFEST.json"), lint.EncodeManifest(m), 0o644); err != nil {
		return err
	}
	packed, err := lint.Pack(data)
	if err != nil {
		return err
	}
	if err := replace(dir, lint.PackedDir+"/*.zip", packed); err != nil {
		return err
	}
	return errors.Join(lint.Lint(data)...)
}

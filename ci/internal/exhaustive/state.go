package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/lossproof/lossproof/internal/strict"
)

// The work is cut into pieces of 2^20 magnitudes, both signs of each: piece i belongs to shard
// i mod n.
const (
	pieceSize = 1 << 20
	pieces    = 1 << 31 / pieceSize
)

// A state is what a shard has done so far. It is written to a file, from which a run that was
// interrupted goes on.
type state struct {
	Key    string `json:"key"` // of the kernels: tier and a digest of results
	Tier   string `json:"tier"`
	Shard  int    `json:"shard"`
	Shards int    `json:"shards"`
	Every  int    `json:"every"` // one in so many pieces; 1 for all of them
	Done   []bool `json:"done"`  // by piece
	Rows   []*row `json:"rows"`

	begun bool // it has a file
}

// mine reports whether a piece belongs to the shard.
func (s *state) mine(piece int) bool {
	return piece%s.Every == 0 && piece/s.Every%s.Shards == s.Shard
}

// left lists the pieces that are to be done.
func (s *state) left() (list []int) {
	for i, done := range s.Done {
		if !done && s.mine(i) {
			list = append(list, i)
		}
	}
	return list
}

// resume takes over what a file holds, where there is one, of the same work.
func (s *state) resume(file string) (resumed bool, err error) {
	old, err := readState(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := s.sameWork(file, old); err != nil {
		return false, err
	}
	*s = *old
	s.begun = true
	return true, nil
}

func (s *state) sameWork(file string, old *state) error {
	if old.Key != s.Key || old.Shard != s.Shard || old.Shards != s.Shards || old.Every != s.Every || len(old.Rows) != len(s.Rows) {
		return fmt.Errorf("%s is the state of other work (shard %d/%d, one in %d pieces, kernels %s; this is shard %d/%d, one in %d, %s): remove it or name another with --state",
			file, old.Shard, old.Shards, old.Every, old.Key, s.Shard, s.Shards, s.Every, s.Key)
	}
	return nil
}

// valid reports what a state cannot be: each row has as many results as there are in the domain of its kernel in the pieces that are
// done, and the worst of them in order.
func (s *state) valid() error {
	if len(s.Done) != pieces || s.Shards < 1 || s.Every < 1 || s.Shard < 0 || s.Shard >= s.Shards || len(s.Rows) == 0 {
		return errors.New("no pieces, no rows or no shard")
	}
	byName := map[string]entry{}
	for _, e := range entries() {
		byName[e.name] = e
	}
	for i, r := range s.Rows {
		if r == nil || byName[r.Kernel].name == "" {
			return fmt.Errorf("row %d is of no kernel", i)
		}
		var want uint64
		for piece, done := range s.Done {
			for first := piece * pieceSize; done && first < (piece+1)*pieceSize; first += blockSize {
				want += uint64(byName[r.Kernel].inDomain(uint32(first), false) + byName[r.Kernel].inDomain(uint32(first), true))
			}
		}
		if r.Checked != want || len(r.Worst) > keep || !slices.IsSortedFunc(r.Worst, before) {
			return fmt.Errorf("row %d, of %s, has %d results and %d of the worst: want %d results in the pieces that are done", i, r.Kernel, r.Checked, len(r.Worst), want)
		}
	}
	return nil
}

// mostState is the size in bytes that a state may have.
const mostState = 16 << 20

func readState(file string) (*state, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostState))
	if err != nil {
		return nil, err
	}
	s := &state{}
	if err = strict.Unmarshal(text, s); err == nil {
		err = s.valid()
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no state of ci/exhaustive: %w", file, err)
	}
	return s, nil
}

// save replaces the file in one step, unless other work has taken it meanwhile.
func (s *state) save(file string) error {
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // fails once it has been renamed
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if !s.begun {
		s.begun = true
		return os.Link(temporary.Name(), file) // fails where there is one by now
	}
	old, err := readState(file)
	if err == nil {
		err = s.sameWork(file, old)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

// enter adds the rows of a piece.
func (s *state) enter(piece int, rows []*row) error {
	if s.Done[piece] {
		return fmt.Errorf("piece %d is done twice", piece)
	}
	s.Done[piece] = true
	return s.addRows(rows)
}

func (s *state) addRows(rows []*row) error {
	if len(rows) != len(s.Rows) {
		return fmt.Errorf("%d rows where there are %d", len(rows), len(s.Rows))
	}
	for i, r := range rows {
		if r.Kernel != s.Rows[i].Kernel || r.Target != s.Rows[i].Target || r.Output != s.Rows[i].Output {
			return fmt.Errorf("row %d is of %s, target %s, %s, and not of %s", i, r.Kernel, r.Target, r.Output, s.Rows[i].Kernel)
		}
		s.Rows[i].merge(r)
	}
	return nil
}

// merged is the state of all shards together. Each piece must have been done once.
func merged(files []string) (*state, error) {
	var total *state
	for _, file := range files {
		s, err := readState(file)
		if err != nil {
			return nil, err
		}
		if total == nil {
			total = s
			continue
		}
		if s.Key != total.Key || s.Every != total.Every {
			return nil, fmt.Errorf("%s is of other kernels than %s", file, files[0])
		}
		for i, done := range s.Done {
			if done && total.Done[i] {
				return nil, fmt.Errorf("%s: piece %d is in another file as well", file, i)
			}
			total.Done[i] = total.Done[i] || done
		}
		if err := total.addRows(s.Rows); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	total.Shard, total.Shards = 0, 1
	if n := len(total.left()); n > 0 {
		return nil, fmt.Errorf("%d of %d pieces have not been done", n, pieces/total.Every)
	}
	return total, nil
}

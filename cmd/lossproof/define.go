package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

// definitions are losses that the command line defines, each by a file or by its text.
type definitions []string

// add adds the flag.
func (d *definitions) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar((*[]string)(d), "define", nil, "a loss that is not in the catalogue, as a file or a text of impl/formula; repeatable")
}

// declare declares them and returns their names. It may be called again.
func (d definitions) declare() (names []string, err error) {
	for _, given := range d {
		name, text, err := definition(given)
		if err != nil {
			return nil, fmt.Errorf("--define: %w", err)
		}
		if l, err := oracle.ParseDefinition("", text); err == nil && l.Name != oracle.DefaultName {
			name = "" // the head says it
		}
		l, err := oracle.Define(name, text)
		if err != nil {
			return nil, fmt.Errorf("--define: %w", err)
		}
		names = append(names, l.Name)
	}
	return names, nil
}

// flags are the flags that define the same again, on one line.
func (d definitions) flags() string {
	var text strings.Builder
	for _, given := range d {
		quoted := "'" + strings.ReplaceAll(given, "'", `'\''`) + "'"
		if strings.Contains(given, "\n") {
			quoted = "$'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(given) + "'"
		}
		text.WriteString(" --define " + quoted)
	}
	return text.String()
}

// definition is the text of a definition, and a name of a file for where it has none.
func definition(given string) (name, text string, err error) {
	file, err := os.Open(given)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasSuffix(given, ".txt"):
		return "", "", err
	case err != nil:
		return "", given, nil // no such file: it is a text
	}
	defer file.Close()
	read, err := io.ReadAll(io.LimitReader(file, formula.MaxLength+1))
	if err != nil {
		return "", "", err
	}
	name = strings.TrimSuffix(filepath.Base(given), filepath.Ext(given))
	if oracle.ValidName(name) != nil {
		name = ""
	}
	return name, string(read), nil
}

// named is the loss that an argument, by its name or an alias, or else the only definition names.
func (d definitions) named(args []string) (*loss.Loss, error) {
	names, err := d.declare()
	if err != nil {
		return nil, err
	}
	switch names = append(names, args...); {
	case len(args) > 0:
		return aliased(args[0])
	case len(names) != 1:
		return nil, errors.New("which loss? want its name, or one --define")
	}
	return loss.Named(names[0])
}

// aliased is the loss that a name or an alias stands for. A name of a definition goes before an alias.
func aliased(name string) (*loss.Loss, error) {
	if l, err := loss.Named(name); err == nil {
		return l, nil
	}
	return loss.Named(loss.Aliased(name))
}

// allAliased turns aliases into names.
func allAliased(names []string) error {
	for i, name := range names {
		l, err := aliased(name)
		if err != nil {
			return err
		}
		names[i] = l.Name
	}
	return nil
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/internal/ieee"
)

func newVectors() *cobra.Command {
	var dtype string
	cmd := &cobra.Command{
		Use:   "vectors LOSS",
		Short: "Prints the golden vectors of a loss, as JSON",
		Long: `Prints the golden vectors of a loss in a dtype: the file golden/v1/LOSS.DTYPE.json, whose form golden/README.md
tells.`,
		Example: `  lossproof vectors sigmoid_focal --dtype f32 > sigmoid_focal.f32.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := aliased(args[0])
			if err != nil {
				return err
			}
			f, err := ieee.FormatNamed(dtype)
			if err != nil {
				return fmt.Errorf("--dtype: %w", err)
			}
			data, err := golden.FS.ReadFile(golden.FileName(l.Name, f))
			if err != nil {
				return &exit{harnessFailed, err}
			}
			if _, err = cmd.OutOrStdout().Write(data); err != nil {
				return &exit{harnessFailed, err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dtype, "dtype", ieee.Float64.Name, "f64, f32, bf16 or f16")
	return cmd
}

package kernel

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// These tests read the generated assembly and the code around it. Whether an instruction may
// run depends on the tier that its function belongs to, and on nothing else.

// An assembled function is a TEXT of the generated files.
type assembled struct {
	file, name, flags string
	requires          []string // features, as the generator knows them
	code              []instruction
}

type instruction struct {
	line     int
	mnemonic string // with suffixes, such as VADDPS.BCST
	operands string
}

var (
	textLine     = regexp.MustCompile(`^TEXT ·(\w+)\(SB\), (\S+), \$(\d+)-\d+$`)
	requiresLine = regexp.MustCompile(`^// Requires: (.+)$`)
	labelLine    = regexp.MustCompile(`^\w+:$`)
)

// parseAssembly reads the functions of a file. It is an error where it does not understand.
func parseAssembly(file, text string) ([]assembled, error) {
	var list []assembled
	var requires []string
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		var f *assembled
		if len(list) > 0 {
			f = &list[len(list)-1]
		}
		switch {
		case requiresLine.MatchString(line):
			requires = strings.Split(requiresLine.FindStringSubmatch(line)[1], ", ")
		case line == "" || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#include") || strings.HasPrefix(line, "DATA ") || strings.HasPrefix(line, "GLOBL "):
		case strings.HasPrefix(line, "TEXT "):
			m := textLine.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("%s:%d: not understood: %s", file, i+1, line)
			}
			list = append(list, assembled{file: file, name: m[1], flags: m[2], requires: requires})
			requires = nil
		case f == nil:
			return nil, fmt.Errorf("%s:%d: an instruction outside of a function: %s", file, i+1, line)
		case labelLine.MatchString(line):
		default:
			mnemonic, operands, _ := strings.Cut(line, " ")
			f.code = append(f.code, instruction{i + 1, mnemonic, strings.TrimSpace(operands)})
		}
	}
	return list, nil
}

// tier is the one that the name of the function ends in.
func (f *assembled) tier() (Tier, bool) {
	switch {
	case strings.HasSuffix(f.name, "AVX512"):
		return AVX512, true
	case strings.HasSuffix(f.name, "AVX2"):
		return AVX2, true
	}
	return Go, false
}

var (
	// What only AVX-512 has: wide and mask registers, registers from 16 up, suffixes, and
	// mnemonics that AVX2 lacks or has without a width.
	wideRegister = regexp.MustCompile(`\bZ([0-9]|[12][0-9]|3[01])\b|\bK[0-7]\b|\b[XY](1[6-9]|2[0-9]|3[01])\b`)
	wideMnemonic = regexp.MustCompile(`\.|^K|^V(PANDN?|PX?OR)[DQ]$|^VPBLENDM|^VBLENDM|^VPTERNLOG|^VSCALEF|^VRNDSCALE|^VGET(EXP|MANT)|^VFIXUP|^VFPCLASS|^VRANGE|^VREDUCE|^VPMOV([BWDQ]2M|M2[BWDQ])$|^VP?COMPRESS|^VP?EXPAND|^VPERM[IT]2|^VALIGN[DQ]|^VPROL|^VPROR|^V(EXTRACT|INSERT|BROADCAST|SHUF)[FI](32|64)X|^VPTESTN?M|^VPCMPU?[BWDQ]$|^VPSRAV?Q$|^VP(ABS|MAX[SU]|MIN[SU]|MULL)Q$|^VCVT\w*(QQ|UDQ)|^VMOVDQ[AU](8|16|32|64)$`)
	fused32      = regexp.MustCompile(`^VF(N?M(ADD|SUB)|MADDSUB|MSUBADD)\w*[PS]S\b`) // which Go has no exact function for
	estimate     = regexp.MustCompile(`^V?(RCP|RSQRT|EXP2)`)
)

// faultsOf lists what is wrong with a function. allowed are the features that the check of
// its tier asks the processor for, with what these imply.
func (f *assembled) faultsOf(allowed []string) (faults []string) {
	fault := func(i instruction, format string, args ...any) {
		faults = append(faults, fmt.Sprintf("%s:%d: %s: %s %s: %s", f.file, i.line, f.name, i.mnemonic, i.operands, fmt.Sprintf(format, args...)))
	}
	tier, ok := f.tier()
	if !ok || !strings.Contains(f.file, "_"+tier.String()+"_") {
		faults = append(faults, fmt.Sprintf("%s: %s: the names of file and function do not say the same tier", f.file, f.name))
	}
	if f.flags != "NOSPLIT" {
		faults = append(faults, fmt.Sprintf("%s: %s: flags %s, want NOSPLIT", f.file, f.name, f.flags))
	}
	for _, feature := range f.requires {
		if !slices.Contains(allowed, feature) {
			faults = append(faults, fmt.Sprintf("%s: %s: requires %s, which nobody checks", f.file, f.name, feature))
		}
	}
	returns := 0
	for at, i := range f.code {
		if tier != AVX512 && (wideRegister.MatchString(i.operands) || wideMnemonic.MatchString(i.mnemonic)) {
			fault(i, "AVX-512 in %s", tier)
		}
		if fused32.MatchString(i.mnemonic) {
			fault(i, "fused in float32")
		}
		if estimate.MatchString(i.mnemonic) {
			fault(i, "an estimate, which differs among processors")
		}
		switch {
		case i.mnemonic == "RET":
			returns++
			if at == 0 || f.code[at-1].mnemonic != "VZEROUPPER" {
				fault(i, "no VZEROUPPER before it")
			}
		case strings.HasPrefix(i.mnemonic, "CALL"), i.mnemonic == "JMP" && strings.Contains(i.operands, "("):
			fault(i, "leaves the function")
		}
	}
	if returns == 0 || f.code[len(f.code)-1].mnemonic != "RET" && f.code[len(f.code)-1].mnemonic != "JMP" {
		faults = append(faults, fmt.Sprintf("%s: %s: does not end in RET", f.file, f.name))
	}
	return faults
}

// implied are features that every processor with the key has.
var implied = map[string][]string{
	"":        {"CMOV", "MMX+", "SSE", "SSE2"}, // every amd64; MMX+ is what avo calls a prefetch
	"AVX2":    {"AVX", "SSE", "SSE2", "SSE3", "SSSE3", "SSE4.1", "SSE4.2"},
	"FMA":     {"FMA3"},
	"AVX512F": {"AVX", "AVX2", "SSE", "SSE2", "SSE3", "SSSE3", "SSE4.1", "SSE4.2"},
}

// checkedFeatures are those that tier_amd64.go asks the processor for, by tier, with what
// they imply: the arguments of available.
func checkedFeatures(t *testing.T) map[Tier][]string {
	file := parseGo(t, "tier_amd64.go")
	var call *ast.CallExpr
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && fmt.Sprint(c.Fun) == "available" {
			call = c
		}
		return true
	})
	if call == nil || len(call.Args) != 2 {
		t.Fatal("tier_amd64.go does not call available(avx2, avx512)")
	}
	features := map[Tier][]string{}
	for i, tier := range []Tier{AVX2, AVX512} {
		features[tier] = slices.Clone(implied[""])
		ast.Inspect(call.Args[i], func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if name, ok := strings.CutPrefix(n.Sel.Name, "Has"); ok {
					features[tier] = append(append(features[tier], name), implied[name]...)
				}
			case *ast.BinaryExpr:
				if n.Op != token.LAND {
					t.Errorf("tier_amd64.go: %s in the check of %s: want every feature", n.Op, tier)
				}
			case *ast.UnaryExpr:
				t.Errorf("tier_amd64.go: %s in the check of %s", n.Op, tier)
			}
			return true
		})
	}
	return features
}

func parseGo(t *testing.T, file string) *ast.File {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func assembledFunctions(t *testing.T) []assembled {
	files, err := filepath.Glob("*.s")
	if err != nil {
		t.Fatal(err)
	}
	var all []assembled
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := parseAssembly(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		t.Fatal("no assembly found")
	}
	return all
}

func TestAssembly_HoldsOnlyInstructionsOfItsTier(t *testing.T) {
	features := checkedFeatures(t)
	for _, f := range assembledFunctions(t) {
		tier, _ := f.tier()
		for _, fault := range f.faultsOf(features[tier]) {
			t.Error(fault)
		}
	}
}

// TestAssembly_ReachedOnlyThroughItsTier: the tables put a function in the place of its tier,
// form and dtype, each function once, and nothing else names one.
func TestAssembly_ReachedOnlyThroughItsTier(t *testing.T) {
	named := map[string]int{}
	for _, f := range assembledFunctions(t) {
		named[f.name] = 0
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, declaration := range parseGo(t, file).Decls {
			if d, ok := declaration.(*ast.FuncDecl); ok && d.Body == nil {
				continue // the stub
			}
			inTable := strings.HasSuffix(file, "_tables_amd64.go")
			ast.Inspect(declaration, func(n ast.Node) bool {
				if a, ok := n.(*ast.AssignStmt); ok && inTable {
					checkTableEntry(t, file, a, named)
					return false
				}
				if id, ok := n.(*ast.Ident); ok {
					if _, isAssembly := named[id.Name]; isAssembly {
						t.Errorf("%s names %s: only the tables may", file, id.Name)
					}
				}
				return true
			})
		}
	}
	for name, n := range named {
		if n != 1 && !(n == 2 && strings.HasSuffix(name, "AVX2")) { // one of AVX2 may do for AVX-512
			t.Errorf("%s stands in the tables %d times", name, n)
		}
	}
}

// checkTableEntry checks x.vector[tier] = forms[dtype]{form: function, ...}.
func checkTableEntry(t *testing.T, file string, a *ast.AssignStmt, named map[string]int) {
	place, ok := a.Lhs[0].(*ast.IndexExpr)
	if !ok || len(a.Lhs) != 1 {
		t.Errorf("%s: an assignment that is not understood", file)
		return
	}
	tier := fmt.Sprint(place.Index)
	kernel, raised := "", ""
	if table, ok := place.X.(*ast.SelectorExpr); ok {
		kernel = fmt.Sprint(table.X)
		if table.Sel.Name == "raisedVector" {
			raised = "Raised"
		}
	}
	check := func(name, form string) {
		if _, known := named[name]; !known {
			return
		}
		named[name]++
		rest, hasTier := strings.CutSuffix(name, tier)
		if !hasTier && tier == "AVX512" {
			rest, hasTier = strings.CutSuffix(name, "AVX2")
		}
		dtype := kernel[max(len(kernel)-2, 0):]
		rest, hasDtype := strings.CutSuffix(rest, dtype)
		if kernel == "rows"+dtype { // a table of passes that are named for what they do
			if !hasTier || !hasDtype || !strings.Contains(strings.ToLower(rest), strings.ToLower(form)) {
				t.Errorf("%s: %s stands in %s.vector[%s], form %q", file, name, kernel, tier, form)
			}
			return
		}
		if !hasTier || !hasDtype || !strings.HasPrefix(rest, strings.TrimSuffix(kernel, dtype)) || form != "" && !strings.EqualFold(strings.TrimPrefix(rest, strings.TrimSuffix(kernel, dtype)), form+raised) {
			t.Errorf("%s: %s stands in %s.vector[%s], form %q", file, name, kernel, tier, form)
		}
	}
	ast.Inspect(a.Rhs[0], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if id, ok := n.Value.(*ast.Ident); ok {
				check(id.Name, fmt.Sprint(n.Key))
				return false
			}
		case *ast.Ident:
			check(n.Name, "")
		}
		return true
	})
}

// TestTiers_OnlyTheCheckPutsThemInTheList: no other code names a vector tier.
func TestTiers_OnlyTheCheckPutsThemInTheList(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_tables_amd64.go") || file == "tier_amd64.go" {
			continue
		}
		for _, declaration := range parseGo(t, file).Decls {
			if d, ok := declaration.(*ast.GenDecl); ok && d.Tok == token.CONST && file == "tier.go" {
				continue
			}
			ast.Inspect(declaration, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && (id.Name == "AVX2" || id.Name == "AVX512") {
					t.Errorf("%s names %s", file, id.Name)
				}
				if a, ok := n.(*ast.AssignStmt); ok && fmt.Sprint(a.Lhs[0]) == "tiers" {
					t.Errorf("%s assigns the list of tiers", file)
				}
				return true
			})
		}
	}
}

// TestAssembly_FaultsAreSeen: each rule finds the function that breaks it.
func TestAssembly_FaultsAreSeen(t *testing.T) {
	const end = "\n\tVZEROUPPER\n\tRET\n"
	for _, c := range []struct{ tier, code, want string }{
		{"AVX2", "\tVADDPS Y1, Y2, Y3" + end, ""},
		{"AVX2", "\tVADDPS Z1, Z2, Z3" + end, "AVX-512 in avx2"},
		{"AVX2", "\tVADDPS Y1, Y2, Y17" + end, "AVX-512 in avx2"},
		{"AVX2", "\tVPORD Y1, Y2, Y3" + end, "AVX-512 in avx2"},
		{"AVX2", "\tVADDPS.BCST (AX), Y2, Y3" + end, "AVX-512 in avx2"},
		{"AVX2", "\tKMOVW AX, K1" + end, "AVX-512 in avx2"},
		{"AVX2", "\tVFMADD213PS Y1, Y2, Y3" + end, "fused in float32"},
		{"AVX2", "\tVFMADD213PD Y1, Y2, Y3" + end, ""},
		{"AVX512", "\tVADDPS Z1, Z2, K1, Z3" + end, ""},
		{"AVX512", "\tVFNMADD231PD Z1, Z2, Z3" + end, ""},
		{"AVX512", "\tVFNMADD231PS.BCST (AX), Z2, Z3" + end, "fused in float32"},
		{"AVX512", "\tVFMSUBADD132PS Z1, Z2, Z3" + end, "fused in float32"},
		{"AVX512", "\tVRCP14PS Z1, Z2" + end, "estimate"},
		{"AVX2", "\tVRSQRTPS Y1, Y2" + end, "estimate"},
		{"AVX2", "\tVADDPS Y1, Y2, Y3\n\tRET\n", "no VZEROUPPER"},
		{"AVX2", "\tVZEROUPPER\n\tRET\n\tVADDPS Y1, Y2, Y3\n\tRET\n", "no VZEROUPPER"},
		{"AVX2", "\tCALL ·other(SB)" + end, "leaves the function"},
		{"AVX2", "\tVADDPS Y1, Y2, Y3\n", "does not end in RET"},
	} {
		list, err := parseAssembly("zfloat32_"+strings.ToLower(c.tier)+"_amd64.s", "// Requires: AVX\nTEXT ·some"+c.tier+"(SB), NOSPLIT, $0-56\n"+c.code)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		got := strings.Join(list[0].faultsOf([]string{"AVX"}), "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q has the faults %q, want %q", c.code, got, c.want)
		}
		if !strings.Contains(strings.Join(list[0].faultsOf(nil), "\n"), "requires AVX, which nobody checks") {
			t.Error("a feature that nobody checks is not seen")
		}
	}
	if _, err := parseAssembly("z.s", "TEXT ·f<ABIInternal>(SB), NOSPLIT, $0-0\n"); err == nil {
		t.Error("a line that is not understood is no error")
	}
}

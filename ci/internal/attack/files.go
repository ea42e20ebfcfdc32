//go:build unix

package main

import "fmt"

// kinds are the files that commands read: what makes a right one in $D/good, and what reads it from $D/bad.
var kinds = []struct{ name, make, read string }{
	{"report", `"$LP" verify --only golden --live 0 --loss sigmoid --dtype f64 --json good`, `"$LP" report bad && "$LP" known bad && "$LP" diff bad bad && "$LP" report --format junit bad`},
	{"known failures", `printf '# known\nsigmoid.f64.*/value inaccurate 1e3 because\n' >good`, `"$LP" verify --only golden --live 0 --loss sigmoid --dtype f64 --known bad`},
	{"requests", `"$LP" requests --loss sigmoid --dtype f64 >good && "$AS" as:never nothing "$D/x" <good >answers`, `"$LP" judge bad answers`},
	{"answers", `"$LP" requests --loss sigmoid --dtype f64 >requests && "$AS" as:never nothing "$D/x" <requests >good`, `"$LP" judge requests bad`},
	{"definition", `printf 'mine(x, y) = (x - y)^2\n' >good`, `"$LP" verify --define ./bad --only golden --live 0`},
	{"state of ci/exhaustive", `"$EX" --kernel '^sigmoid$' --every 2048 --state good >/dev/null 2>&1`, `"$EX" merge bad`},
}

// spoilings make $D/bad of $D/good.
var spoilings = []struct{ name, script string }{
	{"empty", `: >bad`},
	{"a folder", `mkdir bad`},
	{"one byte", `printf '{' >bad`},
	{"half", `head -c $(($(stat -c %s good) / 2)) good >bad`},
	{"zeros", `head -c 1000000 /dev/zero >bad`},
	{"chance", `head -c 100000 "$LP" >bad`},
	{"null", `echo null >bad`},
	{"endless", `ln -s /dev/zero bad`},
	{"200 MB of blanks", `head -c 200000000 /dev/zero | tr '\0' ' ' >bad`},
	{"5 million lines", `yes '' | head -n 5000000 >bad`},
	{"deep", `{ head -c 1000000 /dev/zero | tr '\0' '['; } >bad`},
	{"3 million digits", `sed 's/\([^0-9a-fA-F"]\)\([0-9]\)/\1'"$(head -c 100000 /dev/zero | tr '\0' 1)"'\2/; ' good | head -c 3000000 >bad`},
	{"2 million values", `{ head -c 10 good; printf '"warnings":['; yes '{"a":1},' | head -n 1000000; printf '0],'; tail -c +11 good; } >bad`},
	{"a text of 100 MB", `{ printf '{"a":"'; head -c 100000000 /dev/zero | tr '\0' 'a'; printf '"}\n'; } >bad`},
	{"a key twice", `sed 's/{"/{"type":1,"type":2,"/' good >bad`},
	{"keys in capitals", `sed 's/"\([a-z]\)\([a-zA-Z]*\)":/"\U\1\2":/g' good >bad`},
	{"escapes", `printf '\033[2J::error::no\n##[error]\n\0\n' | cat - good >bad`},
	{"escapes inside", `sed 's/"\([a-z]*\)": *"/"\1":"::error::\\u001b[2J\\n::error::\\u202e/g' good >bad`},
	{"a byte order mark", `printf '\357\273\277' | cat - good >bad`},
	{"negative numbers", `sed 's/: *\([0-9]\)/:-\1/g' good >bad`},
}

func files() (tries []try) {
	for _, k := range kinds {
		for _, s := range spoilings {
			tries = append(tries, try{"file: " + k.name + ": " + s.name, fmt.Sprintf("{ %s; } >/dev/null; %s; %s", k.make, s.script, k.read), []int{0, 1, 2, 3}, false})
		}
	}
	return tries
}

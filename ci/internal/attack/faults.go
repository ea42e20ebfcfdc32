//go:build unix

package main

import "fmt"

// single are faults of the system, each with the exit codes that are right.
var single = []struct {
	name, script string
	codes        []int
}{
	{"stdout is full", `"$LP" $V >/dev/full; c=$?; [[ -s report.json ]] && exit $c`, []int{3}},
	{"stdout is a closed pipe", `(sleep 1; "$LP" list; echo $? >code) | true; exit $(cat code)`, []int{3}},
	{"stdout is closed", `"$LP" list >&-`, []int{0, 3}}, // Go opens the null device in its place
	{"stderr is closed", `"$LP" list 2>&-`, []int{0}},
	{"stdin is closed", `"$LP" known - <&-`, []int{2}},
	{"everything is closed", `"$LP" list <&- >&- 2>&-`, []int{0, 3}},
	{"the report's disk is full", `"$LP" verify --only golden --live 0 --loss sigmoid --json /dev/full`, []int{3}},
	{"the report's folder is none", `"$LP" verify --only golden --live 0 --loss sigmoid --json none/report`, []int{2}},
	{"the report is a folder", `mkdir r; "$LP" verify --only golden --live 0 --loss sigmoid --json r`, []int{3}},
	{"a report is kept by a mistake", `echo old >r; "$LP" verify --level 9 --json r; c=$?; [[ $(cat r) == old ]] && exit $c`, []int{2}},
	{"a report is set aside by a failure", `echo old >r; "$LP" verify --json r --loss sigmoid -- "$AS" as:hello 'exit 1' x; c=$?; [[ $(cat r) == old ]] && exit $c`, []int{3}},
	{"known failures cannot be written", `"$LP" $V >/dev/null; "$LP" known report.json >/dev/full`, []int{3}},
	{"files are limited", `ulimit -f 1; "$LP" $V >/dev/null`, []int{3}},
	{"open files are limited", `ulimit -n 12; "$LP" $V -- "$AS" as:never nothing "$D/t"`, []int{0, 3}},
	{"no tier", `LOSSPROOF_KERNEL=garbage "$LP" list`, []int{3}},
	{"no such adapter", `"$LP" $V -- ./none`, []int{3}},
	{"the adapter is a folder", `"$LP" $V -- "$D"`, []int{3}},
	{"the adapter may not be run", `echo >a; "$LP" $V -- ./a`, []int{3}},
	{"the adapter's interpreter is none", `printf '#!/none\n' >a; chmod +x a; "$LP" $V -- ./a`, []int{3}},
	{"no PATH", `PATH= "$LP" $V -- cat`, []int{3}},
	{"no HOME", `env -u HOME "$LP" list`, []int{0}},
	{"the folder has gone", `mkdir x; cd x; rmdir "$D/x"; "$LP" list`, []int{0}},
	{"nowhere to isolate", `TMPDIR=/none "$LP" $V --isolate -- "$AS" as:never nothing "$D/t"`, []int{3}},
	{"the adapter echoes", `"$LP" $V -- cat`, []int{3}},
	{"the adapter says yes", `"$LP" $V -- yes`, []int{3}},
	{"the adapter is true", `"$LP" $V -- true`, []int{3}},
	{"the adapter is lossproof", `"$LP" $V -- "$LP" list`, []int{3}},
	{"input that does not come", `mkfifo p; exec 3<>p; timeout -s TERM 1 "$LP" known - <p`, []int{124}},
}

func faults() (tries []try) {
	for _, f := range single {
		tries = append(tries, try{"fault: " + f.name, f.script, f.codes, false})
	}
	for _, signal := range []string{"INT", "TERM", "HUP", "QUIT", "KILL"} {
		for _, moment := range []string{"hello", "case", "stop"} {
			codes, then := []int{3}, "exit $c"
			switch {
			case signal == "KILL":
				codes = []int{137}
			case moment == "case":
				then = `grep -q '"incomplete"' report.json && exit $c`
			case moment == "stop": // everything was judged
				codes = []int{0, 3}
			}
			tries = append(tries, try{fmt.Sprintf("fault: SIG%s at %s", signal, moment),
				fmt.Sprintf(`set -m; "$LP" $V --timeout 1h --start-timeout 1h -- "$AS" as:%s 'hang, marked' "$D/token" & p=$!
until [[ -e token ]]; do sleep 0.05; done; kill -%s $p; wait $p; c=$?; %s`, moment, signal, then), codes, false})
		}
	}
	return tries
}

// Package strict reads JSON that comes from outside: what encoding/json lets pass and could be read in two ways, or costs
// more than it is worth, is refused, with its place.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Limits of every text.
const (
	MaxDepth  = 32      // of lists and objects in each other
	MaxDigits = 1024    // of a number: the longest double that needs all of its digits has 767, and a sign, a point and an exponent
	MaxString = 1 << 20 // bytes of a text
	MaxValues = 2 << 20 // a report in which every check of the suite fails has a million
)

// Unmarshal is json.Unmarshal of a text that Check allows and whose fields the type has.
func Unmarshal(text []byte, into any) error {
	if err := Check(text, into); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// syntax is what is wrong with a text that is no JSON, or is more than one value.
func syntax(text []byte) error {
	err := json.Unmarshal(text, new(json.RawMessage))
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(text[:min(int(e.Offset), len(text))], []byte("\n"))
		return fmt.Errorf("no JSON: line %d, byte %d: %w", line, e.Offset, err)
	}
	return fmt.Errorf("no JSON: %w", err)
}

// Check refuses what is no JSON, a key that stands twice in one object, a key of a struct of the type in other
// case, too deep a text, too many values and too long a number. What into points to is not changed; nil is of no type.
func Check(text []byte, into any) error {
	if !json.Valid(text) {
		return syntax(text)
	}
	c := &checker{text: text}
	var t reflect.Type
	if into != nil {
		t = reflect.TypeOf(into).Elem()
	}
	return c.value(t)
}

type checker struct {
	text []byte
	at   int
	path []string // of keys and indices
	read int      // values
}

func (c *checker) fail(format string, args ...any) error {
	place := strings.Join(c.path, "")
	if place == "" {
		place = "the text"
	}
	const most = 200
	if len(place) > most {
		place = place[:most] + "..."
	}
	return fmt.Errorf("at byte %d, %q: %s", c.at, strings.TrimPrefix(place, "."), fmt.Sprintf(format, args...))
}

// next skips white space, and is the byte that follows.
func (c *checker) next() byte {
	for {
		switch b := c.text[c.at]; b {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return b
		}
	}
}

func (c *checker) value(t reflect.Type) error {
	if c.read++; c.read > MaxValues {
		return c.fail("more than %d values", MaxValues)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil && reflect.PointerTo(t).Implements(unmarshaler) {
		t = nil // it has its own way
	}
	switch c.next() {
	case '{', '[':
		if len(c.path) >= MaxDepth {
			return c.fail("more than %d lists and objects in each other", MaxDepth)
		}
		if c.text[c.at] == '{' {
			return c.object(t)
		}
		return c.list(t)
	case '"':
		n := len(c.str())
		if n > MaxString {
			return c.fail("a text of %d bytes: want at most %d", n, MaxString)
		}
		c.at += n
		return nil
	}
	from := c.at
	for c.at < len(c.text) && !strings.ContainsRune(" \t\r\n,]}", rune(c.text[c.at])) {
		c.at++
	}
	if n := c.at - from; n > MaxDigits {
		return c.fail("a number of %d digits: want at most %d", n, MaxDigits)
	}
	return nil
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func (c *checker) list(t reflect.Type) error {
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		t = t.Elem()
	} else {
		t = nil
	}
	c.path = append(c.path, "")
	for n := 0; ; n++ {
		c.at++ // [ or ,
		if c.next() == ']' {
			break
		}
		c.path[len(c.path)-1] = fmt.Sprintf("[%d]", n)
		if err := c.value(t); err != nil {
			return err
		}
		if c.next() == ']' {
			break
		}
	}
	c.at++
	c.path = c.path[:len(c.path)-1]
	return nil
}

func (c *checker) object(t reflect.Type) error {
	keys := map[string]bool{}
	c.path = append(c.path, "")
	for {
		c.at++ // { or ,
		if c.next() == '}' {
			break
		}
		raw := c.str()
		key := string(raw[1 : len(raw)-1])
		if strings.ContainsRune(key, '\\') {
			_ = json.Unmarshal(raw, &key) // the text is JSON
		}
		c.path[len(c.path)-1] = "." + key
		if keys[key] {
			return c.fail("the key stands there twice")
		}
		keys[key] = true
		inner, err := c.field(t, key)
		if err != nil {
			return err
		}
		c.at += len(raw)
		c.next()
		c.at++ // :
		if err := c.value(inner); err != nil {
			return err
		}
		if c.next() == '}' {
			break
		}
	}
	c.at++
	c.path = c.path[:len(c.path)-1]
	return nil
}

// field is the type of what stands under a key of an object. Of keys that no field has, even in other case, a decoder may think
// what it wants.
func (c *checker) field(t reflect.Type, key string) (reflect.Type, error) {
	switch {
	case t == nil:
	case t.Kind() == reflect.Map:
		return t.Elem(), nil
	case t.Kind() == reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == key {
				return f.Type, nil
			}
			if name != "" && strings.EqualFold(name, key) {
				return nil, c.fail("want the key %s", name)
			}
		}
	}
	return nil, nil
}

// str is the string that begins here, with its quotes.
func (c *checker) str() []byte {
	for n := c.at + 1; ; n++ {
		switch c.text[n] {
		case '\\':
			n++
		case '"':
			return c.text[c.at : n+1]
		}
	}
}

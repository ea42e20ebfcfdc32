//go:build !amd64 || purego

package kernel

var tiers = []Tier{Go}

//go:build !amd64 || purego

package roofline

var tiers []Tier

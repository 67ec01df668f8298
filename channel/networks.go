package channel

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// Networks is where requests may come from; none is anywhere.
type Networks []netip.Prefix

// ParseNetworks reads addresses with the length of their network, separated by
// commas or spaces: 52.50.116.54/32,10.1.0.0/16.
func ParseNetworks(list string) (Networks, error) {
	var all Networks
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.1.0.0/16", s)
		}
		all = append(all, p)
	}
	return all, nil
}

// Allow reports whether a request comes from one of the networks.
func (n Networks) Allow(c echo.Context) bool {
	if len(n) == 0 {
		return true
	}
	ip := ""
	if c.Echo().IPExtractor != nil {
		ip = c.RealIP()
	} else {
		// without one, echo would believe any X-Forwarded-For
		ip, _, _ = net.SplitHostPort(c.Request().RemoteAddr)
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	addr = addr.Unmap()
	return slices.ContainsFunc(n, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Allowed is the networks of each provider, by its name; one that has none may
// call from anywhere.
type Allowed map[string]Networks

// ParseAllowed reads the networks that a setting has for each provider. A name
// that is none of known is an error, and so is what is no network.
func ParseAllowed(setting string, set map[string]string, known []string) (Allowed, error) {
	if err := CheckNames(setting, set, known); err != nil {
		return nil, err
	}
	all := make(Allowed, len(set))
	for name, list := range set {
		n, err := ParseNetworks(list)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", setting, name, err)
		}
		if len(n) == 0 { // and not anywhere, which nobody asked for
			return nil, fmt.Errorf("%s: %s: no network is named, such as 10.1.0.0/16", setting, name)
		}
		all[name] = n
	}
	return all, nil
}

// CheckNames returns an error for a setting by provider that names one which is
// none of known.
func CheckNames[V any](setting string, set map[string]V, known []string) error {
	for name := range set {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%s: %q is none of %s", setting, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// Check returns echo.ErrNotFound unless a request comes from a network of the
// provider.
func (a Allowed) Check(c echo.Context, provider string) error {
	if !a[provider].Allow(c) {
		return echo.ErrNotFound
	}
	return nil
}

// CallerAddress returns the extractor of a caller's address: the other end of the
// connection, or where that is one of our own proxies what it says of it.
func CallerAddress(proxies Networks) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

package spot_test

import (
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/web/chrometest"
)

// await waits for what a page does by itself.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	eventually.True(t, time.Minute, what, ok)
}

func entries(tab *chrometest.Tab) int {
	return chrometest.Ask[int](tab, `(JSON.parse(localStorage.getItem("tikaline.entries")) || []).length`)
}

func signIn(r *rig, tab *chrometest.Tab) {
	tab.Go(r.url + "/centre/login?lang=hi")
	tab.Type("#login", "sister")
	tab.Type("#password", password)
	tab.Send("form button")
}

// TestOffline: the list is loaded, the server goes away, the page is loaded again
// all the same, somebody comes, somebody walks in, and when the server is back
// each is written down once.
func TestOffline(t *testing.T) {
	r := newRig(t)
	asha, _ := r.booked(1, 0)
	tab := chrometest.Open(t, chrometest.Options{Width: 360, Script: true})
	signIn(r, tab)
	tab.Audit()
	tab.Picture("centre_day_hi_360")
	await(t, "the worker answers", func() bool {
		return chrometest.Ask[bool](tab, `navigator.serviceWorker.controller !== null`)
	})
	tab.Go(r.url + "/centre/walkin")
	tab.Audit()
	tab.Picture("centre_walkin_hi_360")
	tab.Go(r.url + "/centre/")

	address := strings.TrimPrefix(r.url, "http://")
	r.stop()
	tab.Go(r.url + "/centre/")
	if !strings.Contains(tab.Text(), "Asha Devi") {
		t.Fatalf("the list is gone with the network:\n%s", tab.Text())
	}
	await(t, "it says that there is no network", func() bool { return strings.Contains(tab.Text(), "नेटवर्क नहीं है") })
	tab.Click("#people summary")
	tab.Click("#people form button")
	await(t, "the entry is kept", func() bool { return entries(tab) == 1 })
	tab.Picture("centre_offline_hi_360")

	for _, number := range []string{"9800000041", "9800000042"} { // two, of one page that was kept
		tab.Go(r.url + "/centre/walkin")
		tab.Type("#number", number)
		tab.Type("#name", "रीता देवी")
		tab.Type("#year", "1960")
		tab.Type("#last4", "7788")
		tab.Choose("#gender", 1)
		tab.Click("input[name=consent]")
		tab.Click("#walkin button")
	}
	await(t, "the entries are kept", func() bool { return entries(tab) == 3 })
	if r.status(asha.Household) != booking.Booked {
		t.Error("something was written down without a network")
	}

	r.serve(address)
	tab.Go(r.url + "/centre/") // or by itself, some seconds later
	await(t, "everything is sent", func() bool { return entries(tab) == 0 })
	if r.status(asha.Household) != booking.Attended {
		t.Error("who came is not written down")
	}
	for _, n := range []booking.MSISDN{"+919800000041", "+919800000042"} {
		h, err := r.store.Bookings.Household(t.Context(), n)
		if err != nil || len(h.People) != 1 || h.People[0].Doses() != 1 {
			t.Errorf("%v: %+v, %v", n, h, err)
		}
	}
	await(t, "the list shows it", func() bool { return strings.Contains(tab.Text(), "डोज 1 लग गई") })

	tab.Send("header form button") // signed out: nothing is left to read
	await(t, "the list is wiped from the device", func() bool {
		chrometest.Ask[bool](tab, `(caches.has("centre").then((there) => { window.there = there }), true)`)
		return chrometest.Ask[bool](tab, `window.there === false`)
	})
}

// TestRefusedEntry: what the server refuses stays on the device with the reason,
// until a person puts it away.
func TestRefusedEntry(t *testing.T) {
	r := newRig(t)
	tab := chrometest.Open(t, chrometest.Options{Width: 1280, Height: 900, Script: true})
	signIn(r, tab)
	tab.Go(r.url + "/centre/walkin?lang=en")
	tab.Type("#number", "9800000043")
	tab.Type("#name", "Rita Devi")
	tab.Type("#year", "2015")
	tab.Type("#last4", "7788")
	tab.Click("input[name=consent]")
	tab.Click("#walkin button")
	await(t, "the reason is shown", func() bool { return strings.Contains(tab.Text(), "18") && strings.Contains(tab.Text(), "Remove") })
	tab.Picture("centre_refused_en_1280")
	tab.Click("#entries li button")
	await(t, "it is put away", func() bool { return entries(tab) == 0 })
}

// TestWithoutScript: the same by forms alone.
func TestWithoutScript(t *testing.T) {
	r := newRig(t)
	asha, _ := r.booked(1, 0)
	tab := chrometest.Open(t, chrometest.Options{Width: 320})
	signIn(r, tab)
	tab.Audit()
	tab.Click("#people summary")
	tab.Send("#people form button")
	if !strings.Contains(tab.Text(), "दर्ज हो गया: Asha Devi") || r.status(asha.Household) != booking.Attended {
		t.Errorf("who came: %s", tab.Text())
	}
}

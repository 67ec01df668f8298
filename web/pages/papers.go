package pages

import (
	"bytes"
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/web/slip"
)

// slip shows the person's slip, with those of their party.
func (v *visit) slip() error {
	return v.paper(func(who string, slips []slip.Slip) error {
		var out bytes.Buffer
		if err := v.Press.Page(&out, slip.Links{PDF: "/" + v.lang + "/slip/" + who + "/pdf", Back: "/" + v.lang + "/person/" + who}, slips...); err != nil {
			return err
		}
		return v.c.HTMLBlob(http.StatusOK, out.Bytes())
	})
}

// slipPDF answers with the same as a file; where none can be made, with the
// page.
func (v *visit) slipPDF() error {
	return v.paper(func(who string, slips []slip.Slip) error {
		if v.Fonts != nil {
			_ = v.Press.Await(v.ctx, v.Fonts) // Fonts has logged why there are none
		}
		if !v.Press.Ready() {
			text, err := v.Press.Sorry(v.lang)
			if err != nil {
				return err
			}
			path := "/person/" + who
			v.said(flash{Path: path, Problems: []problem{{Text: text}}})
			return v.see(path)
		}
		var out bytes.Buffer
		if err := v.Press.PDF(&out, slips...); err != nil {
			return err
		}
		v.c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="slip.pdf"`)
		return v.c.Blob(http.StatusOK, "application/pdf", out.Bytes())
	})
}

func (v *visit) paper(write func(who string, slips []slip.Slip) error) error {
	b, err := v.somebody(v.c.Param("person"))
	if err != nil {
		return v.seeProblem("/family", "", err, nil)
	}
	who := v.handle(b)
	live, ok := b.Live()
	if !ok || live.Status != booking.Booked {
		return v.seeProblem("/person/"+who, "", booking.Refuse(booking.NoAppointment), nil)
	}
	v.save()
	return write(who, slip.Party(v.lang, v.home, live.Party, v.Core.Places))
}

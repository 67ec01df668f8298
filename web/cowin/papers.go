package cowin

import (
	"bytes"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/web/access"
	"tikaline/web/slip"
)

// slip answers with the slip of an appointment, a page for each person.
func (a *api) slip(c echo.Context) error {
	v, err := param(c, "appointment_id")
	if err != nil {
		return err
	}
	id, err := uuid.Parse(v)
	if err != nil {
		return badAppoint
	}
	h, err := a.desk(c).Household(c.Request().Context())
	if err != nil {
		return err
	}
	slips := slip.Party(paperLanguage(c, h), h, id, a.Core.Places)
	if len(slips) == 0 {
		return booking.Refuse(booking.NoAppointment)
	}
	return a.paper(c, "appointment_slip.pdf", func(w io.Writer) error { return a.Press.PDF(w, slips...) })
}

// certificate answers with the certificate of the doses given to a person of
// the household.
func (a *api) certificate(c echo.Context) error {
	ref, err := param(c, "beneficiary_reference_id")
	if err != nil {
		return err
	}
	h, err := a.Core.Store.Household(c.Request().Context(), access.Number(c))
	if err != nil {
		return err
	}
	b, ok := h.Person(ref)
	if !ok {
		return booking.Refuse(booking.NobodyYet, "Reference", ref)
	}
	given, ok := slip.CertificateOf(paperLanguage(c, h), a.Core.Programme, b, a.Core.Places)
	if !ok {
		return noCertificate
	}
	return a.paper(c, "certificate.pdf", func(w io.Writer) error { return a.Press.CertificatePDF(w, given) })
}

// paperLanguage returns the language asked for, or the household's own.
func paperLanguage(c echo.Context, h booking.Household) string {
	if lang := language(c); lang != untold {
		return lang
	}
	return h.Language
}

// paper answers with a complete PDF or returns an error.
func (a *api) paper(c echo.Context, name string, print func(io.Writer) error) error {
	if err := a.Press.Await(c.Request().Context(), a.Fonts); err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := print(&pdf); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "application/pdf", pdf.Bytes())
}

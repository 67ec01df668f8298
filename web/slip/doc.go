// Package slip puts an appointment on paper: one person, one day, one centre,
// as a PDF and as a page that is printed; and a certificate of the doses that
// were given.
//
//	press := slip.New(words, slip.Options{Helpline: "1075"})
//	go press.Load(ctx, cacheDir, say) // the fonts of the PDF
//	...
//	slips := slip.Party("hi", household, appointmentID, places)
//	err := press.PDF(w, slips...)     // a page for each person
//	err = press.Page(w, slip.Links{PDF: "/hi/slip/1/pdf"}, slips...)
//
// # What it promises
//
//   - Hindi and Bengali are shaped as they are written by hand, whatever script
//     a name was typed in, in the PDF by us and on the page by the browser.
//   - The text of a PDF can be searched, copied and read out.
//   - Everything is on one A6 page. Content that is too long for it makes the
//     page smaller as a whole; long addresses end in an ellipsis.
//   - The same slip is the same bytes: it has no time of its making.
//   - Without fonts PDF is ErrNoFonts, and Page serves all the same.
//   - The page has no script and no style of its own; its one style sheet is
//     CSS at CSSPath. It has some 6 KB for one person.
//   - A Press may be used by any number of goroutines. It makes no more PDFs at
//     once than there are processors.
//
// # What was decided, and why
//
// No PDF library for Go shapes Indian scripts: fpdf prints ि behind its
// consonant and shows every halant. So go-text/typesetting, which is HarfBuzz
// in Go, chooses and places the glyphs. They could be drawn as outlines, which
// was tried: it took 240 to 320 KB a page, a minute on 2G, and left no text.
// Instead fpdf embeds the fonts, with their table of letters replaced by one in
// which every glyph has a code (byGlyph), and the line of text stands beside
// the glyphs as ActualText. That is 20 to 40 KB, sharper on screens, and a
// reader copies what was written.
//
// Lines are broken here. The wrapper of go-text panics on an address with a few
// Arabic letters in it, which FuzzLines found; and ours keeps conjuncts whole.
//
// The fonts are Noto Sans in three scripts and two weights, under the Open Font
// License. They are not ours and so not in the repository, and no Go module
// that can be had holds whole Devanagari and Bengali fonts: package pinned
// fetches six files out of three npm packages, once. Where that cannot be, the
// fonts of Debian's fonts-noto-core or fonts-lohit do. A machine without
// network can be given a copy of the directory. The page sends no fonts: every
// phone with a browser has them, and each would cost more than the page.
//
// A name in a script that has no font here (Tamil, Ol Chiki, Urdu) gets a
// dotted line on the PDF, to be written by hand. Boxes would help nobody, and
// names are never transliterated. The page shows it.
//
// A6, because four fit on the sheet of A4 that a village shop prints on, one
// for each of a family; and it has the shape of a phone's screen. Digits are
// 0-9 everywhere. A household that reads Hindi or Bengali in Latin letters gets
// the script: that was for an old phone.
//
// The QR code is TIKALINE:reference:secret code, in capitals and digits, which
// makes a small code at level Q, a quarter of which may be lost to a fold. It
// needs no network to be read. The certificate has none: an unsigned code would
// look like a proof. Its title says that it is provisional while a dose of the
// course is left.
//
// # What was looked at
//
// The pictures in testdata, and the same PDFs drawn three times as large by
// PDFium and by Poppler, which agree. Hindi: conjuncts प्र त्र क्ष स्थ्य द्र श्व द्द ट्टो;
// ि in front of its consonant (बुकिंग, चिकित्सा) and across one with a reph (सिर्फ);
// reph over the last letter (पर्ची, कार्ड); रु in गुरुवार; candrabindu and anusvara over
// a vowel sign (कहाँ, में, केंद्र). Bengali: ক্ষ্ম ক্র ষ্ণ স্প ম্ব ঙ্গ ক্ত ত্র স্ল; ি and ে in front
// (ফ্রি, দেবেন); ো around (কোড, কোথায়); reph over তী and টি (চক্রবর্তী,
// সার্টিফিকেট); ৃ under (বৃহস্পতিবার). The longest names and addresses, and a
// name without a font. A native reader has yet to read the words.
//
// The pictures are of PDFium, pinned as the fonts are, for node: one renderer
// draws the same everywhere, so the tolerance can be small enough to see one
// vowel sign (TestDiffer).
package slip

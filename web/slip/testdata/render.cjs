// Draws every page of a PDF in shades of grey, one PGM after the other:
//   node render.cjs pdfium/index.cjs FILE.pdf SCALE OUT.pgm
const fs = require("fs");
const [library, file, scale, out] = process.argv.slice(2);
const { PDFiumLibrary } = require(library);

(async () => {
  const pdfium = await PDFiumLibrary.init();
  const doc = await pdfium.loadDocument(fs.readFileSync(file));
  const pages = [];
  for (const page of doc.pages()) {
    const img = await page.render({ scale: Number(scale), render: "bitmap", colorSpace: "Gray" });
    pages.push(Buffer.from(`P5 ${img.width} ${img.height} 255\n`), Buffer.from(img.data));
  }
  fs.writeFileSync(out, Buffer.concat(pages));
})();

/**
 * Writes small PDF files for tests: text at places in the standard fonts, lines, pictures, an outline.
 * @module
 */

/** Text at a place; `y` counts downwards from the top of the page to the baseline. */
export interface PlacedText {
  text: string;
  x: number;
  y: number;
  size?: number;
  font?: 'regular' | 'bold' | 'italic';
  /** Degrees, anticlockwise. */
  turn?: number;
}

/** What stands on a page of 612 by 792 points. */
export interface FixturePage {
  texts?: PlacedText[];
  /** Lines from one point to another, y downwards. */
  lines?: [number, number, number, number][];
  /** Whether a picture fills the page. */
  picture?: boolean;
  /** Turns the page clockwise by so many degrees. */
  rotate?: number;
}

/** What else the file holds. */
export interface FixtureOptions {
  title?: string;
  outline?: string[];
  encrypted?: boolean;
}

const height = 792;

/** Widths of the letters of Helvetica that tests align by, in thousandths of the font's height (Adobe's metrics). */
const widths: Record<string, number> = {
  ',': 278,
  '.': 278,
  ' ': 278,
  '(': 333,
  ')': 333,
  '%': 889,
  '-': 333,
  i: 222,
  l: 222,
  j: 222,
  t: 278,
  f: 278,
  r: 333,
  m: 833,
  w: 722,
};

/** About how wide a text is in Helvetica; exact for figures. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((sum, letter) => sum + (widths[letter] ?? 556), 0) * (size / 1000);
}

/** A text whose right edge is at `x1`. */
export function rightAligned(text: string, x1: number, y: number, size = 10): PlacedText {
  return { text, x: x1 - textWidth(text, size), y, size };
}

/** Lines of text under each other, 1.2 font heights apart. */
export function column(lines: readonly string[], x: number, y: number, size = 10): PlacedText[] {
  return lines.map((text, index) => ({ text, x, y: y + index * 1.2 * size, size }));
}

/** The bytes of a PDF file. */
export function pdfFile(pages: readonly FixturePage[], options: FixtureOptions = {}): Buffer {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const catalog = add('');
  const tree = add('');
  const fonts = ['Helvetica', 'Helvetica-Bold', 'Helvetica-Oblique'].map((name) =>
    add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`),
  );
  const picture = add(
    '<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream',
  );
  const kids = pages.map((page) => {
    const content = contentOf(page);
    const stream = add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 612 ${height}] /Rotate ${page.rotate ?? 0} /Contents ${stream} 0 R ` +
        `/Resources << /Font << /F1 ${fonts[0]} 0 R /F2 ${fonts[1]} 0 R /F3 ${fonts[2]} 0 R >> /XObject << /Im ${picture} 0 R >> >> >>`,
    );
  });
  objects[tree - 1] =
    `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`;
  const outline = options.outline ? addOutline(options.outline, kids[0]!, add, objects) : undefined;
  objects[catalog - 1] =
    `<< /Type /Catalog /Pages ${tree} 0 R${outline ? ` /Outlines ${outline} 0 R` : ''} >>`;
  const info = options.title ? add(`<< /Title (${escaped(options.title)}) >>`) : undefined;
  // Owner and user keys that fit no password.
  const encryption = options.encrypted
    ? add(`<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}> >>`)
    : undefined;

  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R`;
  if (info) file += ` /Info ${info} 0 R`;
  if (encryption) file += ` /Encrypt ${encryption} 0 R /ID [<00> <00>]`;
  file += ` >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

function addOutline(
  titles: readonly string[],
  page: number,
  add: (body: string) => number,
  objects: string[],
): number {
  const root = add('');
  const items = titles.map(() => add(''));
  titles.forEach((title, index) => {
    const previous = items[index - 1] ? ` /Prev ${items[index - 1]} 0 R` : '';
    const next = items[index + 1] ? ` /Next ${items[index + 1]} 0 R` : '';
    objects[items[index]! - 1] =
      `<< /Title (${escaped(title)}) /Parent ${root} 0 R /Dest [${page} 0 R /Fit]${previous}${next} >>`;
  });
  objects[root - 1] =
    `<< /Type /Outlines /First ${items[0]} 0 R /Last ${items.at(-1)} 0 R /Count ${items.length} >>`;
  return root;
}

function contentOf({ texts = [], lines = [], picture }: FixturePage): string {
  const parts: string[] = [];
  if (picture) parts.push(`q 612 0 0 ${height} 0 0 cm /Im Do Q`);
  for (const [x0, y0, x1, y1] of lines) parts.push(`0.5 w ${x0} ${height - y0} m ${x1} ${height - y1} l S`);
  const fonts = { regular: 'F1', bold: 'F2', italic: 'F3' };
  for (const { text, x, y, size = 10, font = 'regular', turn = 0 } of texts) {
    const cos = Math.cos((turn * Math.PI) / 180).toFixed(4);
    const sin = Math.sin((turn * Math.PI) / 180);
    parts.push(
      `BT /${fonts[font]} ${size} Tf ${cos} ${sin.toFixed(4)} ${(-sin).toFixed(4)} ${cos} ${x.toFixed(2)} ${(height - y).toFixed(2)} Tm (${escaped(text)}) Tj ET`,
    );
  }
  return parts.join('\n');
}

/** Dashes, quotation marks and bullets at their places in WinAnsi, which the file is written in. */
const winAnsi: Record<string, string> = {
  '—': '\x97',
  '–': '\x96',
  '’': '\x92',
  '“': '\x93',
  '”': '\x94',
  '•': '\x95',
};

function escaped(text: string): string {
  return text.replace(/[\\()]/g, '\\$&').replace(/[—–’“”•]/g, (letter) => winAnsi[letter]!);
}

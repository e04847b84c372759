/**
 * One page of a PDF through pdf.js: its pieces of text and its ruling lines in one system of coordinates.
 * @module
 */
import { type PDFPageProxy, Util } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { joinRules, readDrawings } from './drawings.js';
import type { PageContent, Rule, Run } from './layout.js';

type Matrix = number[];

interface FontStyle {
  bold: boolean;
  italic: boolean;
  /** Whether its letters stand for signs. */
  signs: boolean;
}

/** Letters that fonts of symbols put into the private area of Unicode. */
const symbols: Record<string, string> = {
  '\uf0b7': '•',
  '\uf0a7': '•',
  '\uf0d8': '•',
  '\uf0fc': '✓',
  '\uf06c': '•',
  '\uf06e': '•',
  '\uf0a8': '☐',
  '\uf0fe': '☒',
  '\uf06f': '☐',
};

/** Letters that stand for signs in the fonts Wingdings. */
const wingdings: Record<string, string> = {
  ý: '☒',
  þ: '☑',
  x: '☒',
  '¨': '☐',
  o: '☐',
  q: '☐',
  ü: '✓',
  l: '●',
  n: '■',
  '§': '▪',
  Ø: '➢',
  '·': '•',
};

const ligatures: Record<string, string> = {
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'st',
  ﬆ: 'st',
};

/** Reads a page; the caller frees it. */
export async function readPage(page: PDFPageProxy): Promise<PageContent> {
  const viewport = page.getViewport({ scale: 1 });
  const operators = await page.getOperatorList();
  const content = await page.getTextContent();
  const { rules, dots, pictures } = readDrawings(operators, viewport.transform as Matrix);
  const fonts = new Map<string, FontStyle>();
  const fontOf = (name: string): FontStyle => {
    const known = fonts.get(name);
    if (known) return known;
    const font = page.commonObjs.has(name) ? (page.commonObjs.get(name) as { name?: string }) : undefined;
    const face = font?.name ?? '';
    const style = {
      bold: /bold|black|heavy|demi/i.test(face),
      italic: /italic|oblique/i.test(face),
      signs: /wingdings(?!.*[23])/i.test(face),
    };
    fonts.set(name, style);
    return style;
  };

  const placed: { run: Run; turn: number }[] = [];
  for (const item of content.items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const [a, b, c, d, x, y] = Util.transform(viewport.transform as Matrix, item.transform) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const size = Math.hypot(c, d);
    if (size < 1) continue;
    // 0 for text that runs to the right, 1 for text that runs downwards, and so on; -1 for text at an angle.
    const angle = Math.atan2(b, a) / (Math.PI / 2);
    const turn = Math.abs(angle - Math.round(angle)) < 0.05 ? (Math.round(angle) + 4) % 4 : -1;
    const { bold, italic, signs } = fontOf(item.fontName);
    const text = cleanText(
      signs ? item.str.replace(/./gu, (letter) => wingdings[letter] ?? letter) : item.str,
    );
    if (text === '') continue;
    placed.push({ run: { text, x0: x, x1: x + item.width, y, size, bold, italic }, turn });
  }
  placed.push(...drawnBullets(dots, placed));
  return upright(page.pageNumber, viewport.width, viewport.height, placed, rules, pictures);
}

/** Turns the page so that most of its text runs to the right, and leaves out what runs elsewhere. */
function upright(
  number: number,
  width: number,
  height: number,
  placed: { run: Run; turn: number }[],
  rules: Rule[],
  pictures: boolean,
): PageContent {
  const letters = [0, 0, 0, 0];
  for (const { run, turn } of placed) if (turn >= 0) letters[turn]! += run.text.length;
  const turn = letters.indexOf(Math.max(...letters));
  const point = (x: number, y: number): [number, number] => {
    if (turn === 1) return [y, width - x];
    if (turn === 2) return [width - x, height - y];
    if (turn === 3) return [height - y, x];
    return [x, y];
  };
  const [pageWidth, pageHeight] = turn % 2 === 0 ? [width, height] : [height, width];
  const runs = placed
    .filter((piece) => piece.turn === turn)
    .map(({ run }): Run => {
      const [x0, y] = point(run.x0, run.y);
      return { ...run, x0, x1: x0 + (run.x1 - run.x0), y };
    })
    .filter(({ x0, x1, y }) => x1 > 0 && x0 < pageWidth && y > 0 && y < pageHeight + 2);
  return {
    number,
    width: pageWidth,
    height: pageHeight,
    runs: withoutDoubles(runs),
    rules: joinRules(
      rules.map(({ x0, x1, y0, y1 }) => {
        const [ax, ay] = point(x0, y0);
        const [bx, by] = point(x1, y1);
        return { x0: Math.min(ax, bx), x1: Math.max(ax, bx), y0: Math.min(ay, by), y1: Math.max(ay, by) };
      }),
    ),
    pictures,
    turned: placed.filter((piece) => piece.turn !== turn && piece.run.text.length > 1).length,
  };
}

/** Bold letters are sometimes made by drawing a text twice, a hair apart. */
function withoutDoubles(runs: Run[]): Run[] {
  const seen = new Map<string, Run[]>();
  return runs.filter((run) => {
    const same = seen.get(run.text) ?? [];
    const double = same.find((other) => Math.abs(other.x0 - run.x0) < 1 && Math.abs(other.y - run.y) < 1);
    if (double) {
      double.bold = true;
      return false;
    }
    same.push(run);
    seen.set(run.text, same);
    return true;
  });
}

function cleanText(raw: string): string {
  return (
    raw
      .replace(/[\uf000-\uf0ff]/g, (letter) => symbols[letter] ?? letter)
      .replace(/[ﬀ-ﬆ]/g, (letter) => ligatures[letter] ?? letter)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: broken fonts map letters to them
      .replace(/[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u2060\ufeff]/g, '')
      .replace(/[\s\u00a0]+/g, ' ')
      .trim()
  );
}

/** Browsers draw the bullets of lists as shapes: a dot just left of the beginning of a text is one. */
function drawnBullets(
  dots: readonly Rule[],
  placed: readonly { run: Run; turn: number }[],
): { run: Run; turn: number }[] {
  if (dots.length > 500) return [];
  return dots.flatMap((dot) => {
    const middle = (dot.y0 + dot.y1) / 2;
    const line = placed.filter(
      ({ run, turn }) => turn === 0 && middle < run.y && middle > run.y - 0.75 * run.size,
    );
    const first = line.reduce<Run | undefined>(
      (best, { run }) => (!best || run.x0 < best.x0 ? run : best),
      undefined,
    );
    if (!first || first.x0 < dot.x1 || first.x0 - dot.x1 > 2 * first.size) return [];
    return [{ run: { ...first, text: '•', x0: dot.x0, x1: dot.x1 }, turn: 0 }];
  });
}

/**
 * What is drawn on a page besides text: ruling lines, dots, and whether there are pictures.
 * @module
 */
import { OPS, Util } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Rule } from './layout.js';

type Matrix = number[];

/** A drawn box that is thinner than this, in points, is a line. */
const thickestRule = 2.5;
const shortestRule = 5;

/** Straight lines, dots and whether there are pictures, from the list of drawing operators; `base` turns to page points. */
export function readDrawings(
  { fnArray, argsArray }: { fnArray: number[]; argsArray: unknown[] },
  base: Matrix,
): { rules: Rule[]; dots: Rule[]; pictures: boolean } {
  const rules: Rule[] = [];
  const dots: Rule[] = [];
  let pictures = false;
  let matrix = base;
  let visible = { fill: true, stroke: true };
  const stack: [Matrix, typeof visible][] = [];
  fnArray.forEach((operator, index) => {
    const args = argsArray[index] as unknown[];
    switch (operator) {
      case OPS.save:
        stack.push([matrix, visible]);
        break;
      case OPS.restore:
      case OPS.paintFormXObjectEnd:
        [matrix, visible] = stack.pop() ?? [matrix, visible];
        break;
      case OPS.paintFormXObjectBegin:
        stack.push([matrix, visible]);
        if (args[0]) matrix = Util.transform(matrix, args[0] as Matrix) as Matrix;
        break;
      case OPS.transform:
        matrix = Util.transform(matrix, args as Matrix) as Matrix;
        break;
      case OPS.setFillRGBColor:
        visible = { ...visible, fill: !isWhite(args[0]) };
        break;
      case OPS.setStrokeRGBColor:
        visible = { ...visible, stroke: !isWhite(args[0]) };
        break;
      case OPS.constructPath:
        addPath(args, matrix, visible, rules, dots);
        break;
      case OPS.paintImageXObject:
      case OPS.paintInlineImageXObject:
      case OPS.paintImageMaskXObject:
      case OPS.paintImageXObjectRepeat:
        pictures = true;
        break;
    }
  });
  return { rules, dots, pictures };
}

function isWhite(colour: unknown): boolean {
  return typeof colour === 'string' && /^#f[a-f\d]f[a-f\d]f[a-f\d]$/i.test(colour);
}

const fills: number[] = [OPS.fill, OPS.eoFill, OPS.fillStroke, OPS.eoFillStroke, OPS.closeFillStroke];
const strokes: number[] = [OPS.stroke, OPS.closeStroke, OPS.fillStroke, OPS.closeFillStroke];
/** Numbers that follow each drawing command of a path: move, line, cubic curve, quadratic curve, close. */
const coordinates = [2, 2, 6, 4, 0];

/** Adds the straight lines and the dots of a path. */
function addPath(
  args: unknown[],
  matrix: Matrix,
  visible: { fill: boolean; stroke: boolean },
  rules: Rule[],
  dots: Rule[],
): void {
  const [paint, [data]] = args as [number, [Float32Array | null]];
  const filled = fills.includes(paint) && visible.fill;
  const stroked = strokes.includes(paint) && visible.stroke;
  if (!data || (!filled && !stroked)) return;
  const parts: [number, number][][] = [];
  for (let at = 0; at < data.length; ) {
    const command = data[at]!;
    const count = coordinates[command];
    if (count === undefined) return;
    if (command === 0) parts.push([]);
    const part = parts.at(-1);
    if (part && count > 0) {
      const x = data[at + count - 1]!;
      const y = data[at + count]!;
      part.push([matrix[0]! * x + matrix[2]! * y + matrix[4]!, matrix[1]! * x + matrix[3]! * y + matrix[5]!]);
    } else if (part && part.length > 0) part.push(part[0]!);
    at += 1 + count;
  }
  const boxes = parts.flatMap((part) => {
    if (filled) return [boxOf(part)];
    return part.slice(1).map((point, index) => boxOf([part[index]!, point]));
  });
  for (const { x0, x1, y0, y1 } of boxes) {
    const wide = x1 - x0;
    const high = y1 - y0;
    if (high <= thickestRule && wide >= shortestRule)
      rules.push({ x0, x1, y0: (y0 + y1) / 2, y1: (y0 + y1) / 2 });
    else if (wide <= thickestRule && high >= shortestRule)
      rules.push({ x0: (x0 + x1) / 2, x1: (x0 + x1) / 2, y0, y1 });
    else if (wide > 1 && wide < 7 && Math.abs(wide - high) < 0.2 * wide) dots.push({ x0, x1, y0, y1 });
  }
}

function boxOf(points: [number, number][]): Rule {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
}

/** A line is often drawn in pieces, one for each cell that it passes. */
export function joinRules(rules: Rule[]): Rule[] {
  const joined: Rule[] = [];
  for (const level of [true, false]) {
    const lines = rules
      .filter(({ y0, y1 }) => (y0 === y1) === level)
      .map((rule): [number, number, number] =>
        level ? [rule.y0, rule.x0, rule.x1] : [rule.x0, rule.y0, rule.y1],
      )
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let open: [number, number, number][] = [];
    const close = (at: number): void => {
      open = open.filter((line) => {
        if (at - line[0] < 1) return true;
        const [place, from, to] = line;
        joined.push(
          level ? { x0: from, x1: to, y0: place, y1: place } : { x0: place, x1: place, y0: from, y1: to },
        );
        return false;
      });
    };
    for (const [place, from, to] of lines) {
      close(place);
      const touching = open.find((line) => from < line[2] + 1 && to > line[1] - 1);
      if (touching) {
        touching[1] = Math.min(touching[1], from);
        touching[2] = Math.max(touching[2], to);
      } else open.push([place, from, to]);
    }
    close(Number.POSITIVE_INFINITY);
  }
  return joined;
}

/**
 * Sums and means of neighbouring figures: a row, a column, or a stretch of one.
 * @module
 */
import type { TextFigure } from './figures.js';
import type { Operand } from './operands.js';

/** More figures than this are no list that someone adds up by hand. */
const longestRun = 12;

/** Sums and means of three or more figures of `list` that stand one after the other, in the unit of the target. */
export function* runs(list: readonly Operand[], target: TextFigure): Generator<number> {
  for (let from = 0; from + 2 < list.length; from++) {
    const first = list[from]!.figure;
    if (!isOfKind(list[from]!, target.percent)) continue;
    let sum = first.value;
    for (let to = from + 1; to < Math.min(list.length, from + longestRun); to++) {
      const { figure } = list[to]!;
      if (!isOfKind(list[to]!, target.percent) || figure.scale !== first.scale) break;
      if (figure.currency && first.currency && figure.currency !== first.currency) break;
      sum += figure.value;
      const count = to - from + 1;
      if (count < 3) continue;
      yield sum * first.scale;
      yield (sum / count) * first.scale;
      // A target that leaves the scale word away.
      if (target.scale !== 1 || first.scale === 1) continue;
      yield sum;
      yield sum / count;
    }
  }
}

function isOfKind({ figure, share }: Operand, percent: boolean): boolean {
  return percent ? figure.percent || share : !figure.percent;
}

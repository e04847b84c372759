/**
 * What happens to examples with more tokens than a row may hold. Nothing is lost without being counted.
 * @module
 */
import { AttuneError } from '../errors.js';
import type { DataSettings } from '../recipe/data.js';
import type { TokenizedExample } from './tokenize.js';

/** What the policy found and did. */
export interface OverlongReport {
  /** Examples that were too long. */
  examples: number;
  /** Those of them that were left out whole. */
  dropped: number;
  /** Tokens that were left out or cut off, and the supervised ones among them. */
  lost_tokens: number;
  lost_supervised_tokens: number;
  /** The longest examples, at most three, with their tokens before anything was cut. */
  longest: { id: string; tokens: number }[];
}

const supervised = (mask: Uint8Array): number => mask.reduce((sum, flag) => sum + flag, 0);

/**
 * Applies `overlong` to every example with more than `max_length` tokens: `error` stops, `drop` leaves the
 * example out, `truncate` cuts its end off, and leaves it out when no supervised token is left.
 *
 * @throws {AttuneError} with counts, the longest examples and the options when the policy is `error`, and when
 * nothing is left
 */
export function applyOverlong(
  examples: readonly TokenizedExample[],
  { max_length, overlong }: Pick<DataSettings, 'max_length' | 'overlong'>,
): { kept: TokenizedExample[]; report: OverlongReport } {
  const tooLong = examples.filter(({ ids }) => ids.length > max_length);
  const longest = [...tooLong]
    .sort((a, b) => b.ids.length - a.ids.length)
    .slice(0, 3)
    .map(({ id, ids }) => ({ id, tokens: ids.length }));
  if (tooLong.length > 0 && overlong === 'error') {
    const names = longest.map(({ id, tokens }) => `${id} with ${tokens}`).join(', ');
    throw new AttuneError(
      `${tooLong.length} of ${examples.length} examples are longer than max_length = ${max_length} tokens; the longest: ${names}`,
      {
        field: 'max_length',
        fix: `set max_length to ${longest[0]!.tokens} or more, or overlong: drop (leaves them out) or overlong: truncate (cuts their ends off); both are counted`,
      },
    );
  }
  const report: OverlongReport = {
    examples: tooLong.length,
    dropped: 0,
    lost_tokens: 0,
    lost_supervised_tokens: 0,
    longest,
  };
  const kept: TokenizedExample[] = [];
  for (const example of examples) {
    let { ids, lossMask } = example;
    if (ids.length > max_length) {
      const length = overlong === 'truncate' && lossMask.subarray(0, max_length).includes(1) ? max_length : 0;
      report.lost_tokens += ids.length - length;
      report.lost_supervised_tokens += supervised(lossMask.subarray(length));
      ids = ids.slice(0, length);
      lossMask = lossMask.slice(0, length);
    }
    if (ids.length > 0) kept.push({ id: example.id, ids, lossMask });
    else report.dropped++;
  }
  if (kept.length === 0) {
    throw new AttuneError(`no example is left: all ${examples.length} are longer than ${max_length} tokens`, {
      field: 'max_length',
      fix: `raise max_length; the longest example has ${longest[0]?.tokens ?? 0} tokens`,
    });
  }
  return { kept, report };
}

import { describe, expect, it } from 'vitest';
import { tinyTokenizer } from './chat.fixture.js';
import { inspectLegend, inspectRow } from './inspect.js';
import type { Row } from './shard.js';

const tokenizer = tinyTokenizer();

/** A shared beginning, two answers of it, and padding. */
async function makeRow(): Promise<Row> {
  const parts = await tokenizer.encodeBatch(['table 😀\n', 'a\t?', 'yes<|im_end|>', 'b?', 'no<|im_end|>']);
  const [table, a, yes, b, no] = parts.map(({ ids }) => ids);
  const pieces = [
    { ids: table!, segment: 1, parent: 0, mask: 0, position: 0 },
    { ids: a!, segment: 2, parent: 1, mask: 0, position: table!.length },
    { ids: yes!, segment: 2, parent: 1, mask: 1, position: table!.length + a!.length },
    { ids: b!, segment: 3, parent: 1, mask: 0, position: table!.length },
    { ids: no!, segment: 3, parent: 1, mask: 1, position: table!.length + b!.length },
    { ids: [0, 0, 0], segment: 0, parent: 0, mask: 0, position: 0 },
  ];
  return {
    inputIds: Int32Array.from(pieces.flatMap(({ ids }) => ids)),
    lossMask: Uint8Array.from(pieces.flatMap(({ ids, mask }) => ids.map(() => mask))),
    positionIds: Int32Array.from(pieces.flatMap(({ ids, position }) => ids.map((_, i) => position + i))),
    segmentIds: Int32Array.from(pieces.flatMap(({ ids, segment }) => ids.map(() => segment))),
    parentIds: Int32Array.from(pieces.flatMap(({ ids, parent }) => ids.map(() => parent))),
  };
}

describe('inspectRow', () => {
  it('says without colours what each token is for', async () => {
    const examples = new Map([
      [2, 'q-1'],
      [3, 'q-2'],
    ]);
    expect(inspectRow(await makeRow(), tokenizer, { color: false, examples })).toBe(
      [
        '── segment 1, 11 tokens at positions 0-10, shared',
        '{table·😀⏎',
        '}',
        '── segment 2, continues 1, example q-1, 7 tokens at positions 11-17, 4 supervised',
        'a→?[[yes<|im_end|>]]',
        '── segment 3, continues 1, example q-2, 5 tokens at positions 11-15, 3 supervised',
        'b?[[no<|im_end|>]]',
        '(3 tokens of padding)',
      ].join('\n'),
    );
  });

  it('gives prompt, shared, supervised and padding tokens a colour each, closed on every line', async () => {
    const text = inspectRow(await makeRow(), tokenizer, { color: true });
    const sgr = '\u001b[';
    expect(text).toContain(`${sgr}36mtable·😀⏎${sgr}0m\n`);
    expect(text).toContain(`${sgr}2ma→?${sgr}0m${sgr}1;32myes<|im_end|>${sgr}0m`);
    expect(text).toContain(`${sgr}90m3 tokens of padding${sgr}0m`);
    for (const line of text.split('\n')) {
      const [codes, resets] = [line.split(sgr).length - 1, line.split(`${sgr}0m`).length - 1];
      expect(codes).toBe(2 * resets);
    }
  });
});

describe('inspectLegend', () => {
  it('explains every kind in its own colour or marks', () => {
    expect(inspectLegend({ color: false })).toMatch(
      /^\{shared\} .*\nprompt .*\n\[\[supervised\]\] .*\n\(padding\)/,
    );
    expect(inspectLegend({ color: true }).split('\u001b[0m')).toHaveLength(5);
  });
});

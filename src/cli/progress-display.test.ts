import { describe, expect, it } from 'vitest';
import { createProgressDisplay } from './progress-display.js';
import type { Terminal } from './terminal.js';

function recorder(interactive: boolean): { terminal: Terminal; written: string[] } {
  const written: string[] = [];
  return {
    written,
    terminal: {
      out: () => undefined,
      err: (text) => written.push(text),
      interactive,
      color: false,
      columns: () => 120,
    },
  };
}

const at = (done: number, note?: string) => ({ phase: 'train', done, total: 100, unit: 'steps', note });

describe('on a terminal', () => {
  it('redraws one line with rate and time left, and ends it', () => {
    const { terminal, written } = recorder(true);
    let time = 0;
    const display = createProgressDisplay(terminal, () => time);
    display.onProgress(at(0));
    time = 10_000;
    display.onProgress(at(20));
    display.finish();
    expect(written).toHaveLength(3);
    expect(written[1]).toContain('2.0/s');
    expect(written.join('')).not.toMatch(/\n./);
    expect(written[2]!.endsWith('\n')).toBe(true);
  });

  it('does not redraw more often than the eye follows, nor wider than the terminal', () => {
    const { terminal, written } = recorder(true);
    let time = 0;
    const display = createProgressDisplay(terminal, () => time);
    for (let step = 0; step < 50; step++) {
      time += 10;
      display.onProgress(
        at(
          step,
          'a note that is longer than the whole line can be, with many words in it that nobody would read anyway',
        ),
      );
    }
    expect(written.length).toBeLessThan(7);
    for (const line of written) expect(line.replace('\r\x1b[K', '').length).toBeLessThan(120);
  });
});

describe('elsewhere', () => {
  it('writes few plain lines and each phase once at its end', () => {
    const { terminal, written } = recorder(false);
    let time = 0;
    const display = createProgressDisplay(terminal, () => time);
    for (let step = 1; step <= 100; step++) {
      time += 500;
      display.onProgress(at(step));
    }
    display.onProgress({ phase: 'evaluate', done: 0, total: 1, unit: 'items' });
    time += 2000;
    display.onProgress({ phase: 'evaluate', done: 1, total: 1, unit: 'items' });
    display.onProgress({ phase: 'a moment', done: 1, total: 1, unit: 'items' });
    display.finish();
    expect(written.length).toBe(4);
    expect(written.join('')).not.toContain('\r');
    expect(written[2]).toContain('100 of 100 steps');
    expect(written[3]).toContain('evaluate');
  });

  it('counts the rate from where an interrupted run went on', () => {
    const { terminal, written } = recorder(false);
    let time = 0;
    const display = createProgressDisplay(terminal, () => time);
    display.onProgress(at(90));
    time = 30_000;
    display.onProgress(at(93));
    expect(written[0]).toContain('10.0 s each');
    expect(written[0]).toContain('1 min 10 s left');
  });
});

it('a note of a phase that knows its pace is not contradicted by a second one', () => {
  const { terminal, written } = recorder(true);
  let time = 0;
  const display = createProgressDisplay(terminal, () => time);
  display.onProgress(at(0));
  time = 1000;
  display.onProgress(at(1, '5 s left'));
  expect(written[1]!.match(/left/g)).toHaveLength(1);
});

it('a note comes after the phase that is complete, and does not end one that goes on', () => {
  const { terminal, written } = recorder(true);
  let time = 0;
  const display = createProgressDisplay(terminal, () => time);
  display.onProgress(at(50));
  display.note('stopping');
  display.onProgress(at(100));
  time = 5000;
  display.note('train 100 steps');
  expect(written.slice(0, 4).map((text) => text.endsWith('\n'))).toEqual([false, false, true, false]);
  expect(written.at(-2)).toMatch(/100 of 100 steps {2}in 5 s\n$/);
  expect(written.at(-1)).toBe('train 100 steps\n');
});

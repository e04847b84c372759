import { describe, expect, it } from 'vitest';
import { namedSteps, stepsOf } from './procedure-steps.js';
import { wanting, written } from './scorers.fixture.js';
import { stepsInOrder } from './steps-in-order.js';

const manual = `# Changing the filter

WARNING: The housing is hot. Wait 10 minutes before opening the housing.

1. Switch the pump off at the main isolator.
2. Close the inlet valve.
3. Drain the oil into a tray through plug DP-12.
4. Unscrew the filter housing with a strap
   wrench.
5. Push the new filter element FE-204 onto the spigot.
6. Tighten the filter housing to 25 Nm.
7. Open the inlet valve.
8. Switch the pump on and look for leaks.

Torque: 25 Nm.`;
const all = `1. Switch the pump off at the main isolator.
2. Close the inlet valve.
3. Drain the oil into a tray.`;
const score = (text: string, { reference = all, complete = false } = {}) =>
  stepsInOrder({ complete }).score(written(text), wanting(reference, { context: manual }));

describe('steps of a document', () => {
  it('are read from lines, with the lines that go on, and from a paragraph', () => {
    expect(stepsOf(manual).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(stepsOf(manual)[3]!.text).toBe('Unscrew the filter housing with a strap wrench.');
    const inline = stepsOf('Proceed: 1. Open it at 2.5 bar. 2. Close it. 5. Is no step. 3. Go home.');
    expect(inline.map(({ text }) => text)).toEqual([
      'Open it at 2.5 bar.',
      'Close it. 5. Is no step.',
      'Go home.',
    ]);
    expect(stepsOf('Step 1: Open it.\nStep 2: Close it.\n(3) Go.\n4) Rest.\n**5.** Sleep.')).toHaveLength(5);
    expect(stepsOf('In 2019. The torque is 25. Nothing else.')).toEqual([]);
  });

  it('are told apart where one says more', () => {
    const [off, on] = ['Switch the pump off.', 'Switch the pump on and look for leaks.'].map(
      (text) => namedSteps(text, stepsOf(manual)).mentions,
    );
    expect(off).toEqual([[0]]);
    expect(on).toEqual([[7]]);
  });
});

describe('steps_in_order', () => {
  it.each([
    ['a list', all],
    [
      'a list that begins later, with numbers of its own',
      '1. Drain the oil into a tray.\n2. Unscrew the filter housing.',
    ],
    [
      'a sentence',
      'Switch the pump off at the isolator, then close the inlet valve and drain the oil into a tray.',
    ],
    ['steps by number', 'First do step 2, then step 3 and step 5.'],
    ['a range', 'Do steps 2 to 5, then step 7.'],
    ['a range with a dash', 'Steps 3–5 and then step 6'],
    [
      'the later step named first, with before',
      'Before draining the oil into the tray, close the inlet valve.',
    ],
    [
      'the later step named first, with after',
      'Drain the oil into a tray only after closing the inlet valve.',
    ],
    ['the later step named first, with once', 'Open the inlet valve once the filter housing is tightened.'],
    ['after at the beginning', 'After closing the inlet valve, drain the oil into a tray.'],
    ['a prohibition', 'Do not drain the oil into the tray before the inlet valve is closed.'],
    ['a prohibition by number', 'Never begin step 4 before step 3.'],
    ['steps left out', '- Switch the pump off at the main isolator\n- Tighten the filter housing to 25 Nm'],
    ['a repetition', 'Do step 3, then step 4, and repeat step 3 if it drips.'],
    ['an arrow', 'close the inlet valve → drain the oil → unscrew the filter housing'],
    ['words at the end that are no step', `${all}\nThat is all.`],
  ])('accepts %s', (_what, text) => expect(score(text)).toBe(1));

  it.each([
    ['two that changed places', '1. Close the inlet valve.\n2. Switch the pump off at the main isolator.'],
    [
      'a list whose numbers are right and whose words are not',
      '1. Drain the oil into a tray.\n2. Close the inlet valve.',
    ],
    ['numbers backwards', 'Do step 5, then step 3.'],
    ['a list of numbers backwards', 'Steps 2, 4 and 3.'],
    ['a sentence backwards', 'Drain the oil into a tray, then close the inlet valve.'],
    ['before, the wrong way round', 'Before closing the inlet valve, drain the oil into a tray.'],
    ['after, the wrong way round', 'Close the inlet valve after draining the oil into a tray.'],
    ['a prohibition, the wrong way round', 'Never begin step 3 before step 4.'],
    ['an invented entry', `${all}\n4. Grease the coupling of the fan.`],
    ['a step that is not there', 'Do step 3, then step 12.'],
    ['one step where more are wanted', 'Close the inlet valve.'],
    ['no step', 'Just be careful.'],
    ['nothing', ''],
  ])('refuses %s', (_what, text) => expect(score(text)).toBe(0));

  it('lets a step that stands there twice be either', () => {
    const context = '1. Press the red button.\n2. Lift the lid.\n3. Press the red button.\n4. Close the lid.';
    const item = wanting('1. Lift the lid.\n2. Press the red button.', { context });
    expect(stepsInOrder().score(written('Lift the lid. Press the red button.'), item)).toBe(1);
    expect(stepsInOrder().score(written('Press the red button. Lift the lid.'), item)).toBe(1);
    expect(stepsInOrder().score(written('Close the lid. Press the red button.'), item)).toBe(0);
  });

  it('wants every step of the reference where it is told to', () => {
    const two = 'Switch the pump off at the isolator, then drain the oil into a tray.';
    expect(score(two)).toBe(1);
    expect(score(two, { complete: true })).toBe(0);
    expect(score(all, { complete: true })).toBe(1);
  });

  it('says nothing about single steps, and where there are no steps', () => {
    expect(score('Close the inlet valve.', { reference: 'Close the inlet valve.' })).toBeUndefined();
    expect(
      stepsInOrder().score(written(all), wanting(all, { context: 'The pump is blue.' })),
    ).toBeUndefined();
    expect(stepsInOrder().score(written(all), wanting(all))).toBeUndefined();
  });

  it('ends in time on long answers of one kind of character', () => {
    for (const part of [
      '1',
      '1. ',
      '- ',
      'step 1 ',
      'step 1, ',
      'before ',
      'a, ',
      'oil and ',
      'Steps 1 to ',
      '(',
      '\n1. A',
    ])
      expect([0, 1, undefined]).toContain(score(part.repeat(100_000 / part.length)));
    expect(stepsOf('1. A '.repeat(20_000)).length).toBeGreaterThan(0);
    stepsOf(' '.repeat(100_000));
  });
});

describe('a step of almost the same words', () => {
  const context =
    'To replace it:\n1. Close the inlet valve.\n2. Close the outlet valve.\n3. Tighten the cover to 25 Nm.\n4. Switch on the pump.';
  const reference = '1. Close the outlet valve.\n2. Tighten the cover to 25 Nm.\n3. Switch on the pump.';
  const score = (text: string) =>
    stepsInOrder({ complete: true }).score(written(text), wanting(reference, { context }));

  it.each([
    ['itself', reference, 1],
    ['the opposite', reference.replace('Close', 'Open'), 0],
    ['off for on', reference.replace('on the', 'off the'), 0],
    ['looser', reference.replace('Tighten', 'Loosen'), 0],
    ['another figure', reference.replace('25', '52'), 0],
    ['forbidden', reference.replace('Close', 'Do not close'), 0],
  ])('%s', (_what, text, wanted) => expect(score(text)).toBe(wanted));
});

import { describe, expect, it } from 'vitest';
import { gateSchema } from '../recipe/stages/gate.js';
import type { Plan, StageToPlan } from '../train/plan.js';
import { describePlan } from '../train/plan-summary.js';
import { fakeStage, fakeStagePlan, partsFrom, stageSettings } from '../train/stages.fixture.js';
import { fakePlan } from '../train/training.fixture.js';
import { drawPlan, formatRate } from './plan-picture.js';
import { describePlanText, gateText } from './plan-text.js';

const text = (plan: Plan, ...gates: Parameters<typeof describePlanText>[2] & {}) =>
  describePlanText(plan, describePlan(plan), gates);
const widest = (drawing: string) => Math.max(...drawing.split('\n').map((line) => [...line].length));

const three: StageToPlan[] = [
  fakeStage({
    name: 'general',
    parts: partsFrom(0, ['all', 400, 0.9], ['replay', 100, 0.1]),
    extension: { length: { steps: 12 }, times: 2 },
  }),
  fakeStage({
    name: 'tasks',
    parts: partsFrom(500, ['tables', 600, 0.5], ['reports', 300, 0.3], ['replay', 100, 0.2]),
    carry: 'merged',
    settings: { ...stageSettings, learning_rate: 0.05, lr_scheduler_type: 'cosine' },
  }),
  fakeStage({
    name: 'target',
    order: 'length',
    optimizer: 'keep',
    parts: partsFrom(500, ['all', 300, 1]),
    settings: { ...stageSettings, learning_rate: 0.02, lr_scheduler_type: 'constant' },
    length: { epochs: 1.5 },
  }),
];

describe('drawPlan', () => {
  it('draws a plan without stages as its learning rate', () => {
    expect(`\n${drawPlan(fakePlan())}\n`).toBe(`
learning rate
  1e-1 │  █▇▄
       │  ████▂
       │ ▄█████▄
       │ ███████▆
     0 │ █████████▄▁
       └────────────
  step  1         12
`);
  });

  it('draws stages with their mix, told apart by signs', () => {
    const plan = fakeStagePlan(three, 1500);
    expect(`\n${drawPlan(plan)}\n`).toBe(`
learning rate
  1e-1 │ ▃▅▂          ▃  ▃
       │ ███▇▄        █  █
       │ ██████▅▂     █▆ █▆    ▁▄▄▄▄▃▃▂▂▁
       │▂████████▇▄   ██ ██   ▃████████████▇▆▅▄▃▂▁
     0 │████████████▅▂██████▁▆█████████████████████▇▆▆▅▄▃▃▂▁▁▁▁▁▁▁▆█████████████

share of the tokens
 100 % │·························································▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████·····································▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       │████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
   0 % │████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
       └────────────────────────────────────────────────────────────────────────
  step  1             57 69 81                                   222         278
 stage  general       +1 +2 tasks                                target

█ general   ░ tables   ▓ reports   ▒ target   · replay
`);
    expect(widest(drawPlan(plan))).toBeLessThanOrEqual(80);
  });

  it('gives short stages a column each', () => {
    const stages = ['a', 'bee', 'charlie', 'd', 'e'].map((name, index) =>
      fakeStage({ name, length: { steps: 1 + index }, parts: partsFrom(0, ['x', 10, 0.5], ['y', 10, 0.5]) }),
    );
    expect(drawPlan(fakeStagePlan(stages, 20)).split('\n').slice(-5).join('\n')).toBe(
      ['       └───────────────', '  step   2 4  7   11 15', ' stage  ab ch d   e', '', '█ x   ░ y'].join(
        '\n',
      ),
    );
    const uneven = [1, 900, 1].map((steps, index) => fakeStage({ name: `s${index}`, length: { steps } }));
    const names = drawPlan(fakeStagePlan(uneven, 10))
      .split('\n')
      .find((line) => line.includes('stage'));
    expect(names).toMatch(/^ stage {2}ss1 +s$/);
  });

  it('stays within 80 columns for one step, many steps and more stages than columns', () => {
    const one = drawPlan(fakePlan({ max_steps: 1, warmup_ratio: 0 }));
    expect(one).toContain('│█');
    expect(one).toMatch(/step {2}1$/);
    expect(widest(drawPlan(fakePlan({ max_steps: 5000 })))).toBe(80);
    const many = Array.from({ length: 100 }, (_, index) =>
      fakeStage({ name: `stage-with-a-long-name-${index}`, length: { steps: 1 + (index % 3) } }),
    );
    expect(widest(drawPlan(fakeStagePlan(many, 10)))).toBeLessThanOrEqual(80);
  });

  it('shows that a rate of 0 stays 0', () => {
    expect(drawPlan(fakePlan({ max_steps: 1 }))).not.toContain('█');
    expect([formatRate(0), formatRate(2e-4), formatRate(0.000123)]).toEqual(['0', '2e-4', '1.2e-4']);
  });
});

describe('describePlanText', () => {
  it('has tables of stages and parts, the gates and what is only planned for them', () => {
    const gate = gateSchema.parse({
      at_most: 1.2,
      otherwise: 'extend',
      extend: { length: { steps: 12 }, times: 2 },
    });
    const lines = text(fakeStagePlan(three, 1500), { name: 'general', gate }, { name: 'tasks' });
    expect(`\n${lines.slice(0, lines.indexOf('\nlearning rate'))}`).toBe(`
278 optimizer steps, 3 stages; 24 of the steps only where a gate asks for them
8 rows a step, 4 in the smallest
2098652 tokens, 4411 of them supervised
60 evaluations, 43 checkpoints

stage      steps   tokens  supervised  order   begins with               peak rate
general       56   422653         889  random  new adapter               1e-1
general+1     12    91802         203  random  adapter, optimizer kept   1e-1
general+2     12    90803         176  random  adapter, optimizer kept   1e-1
tasks        141  1067581        2248  random  merged base, new adapter  5e-2
target        57   425813         895  length  adapter, optimizer kept   2e-2

stage      part      wanted  planned  rows  passes
general    all       90.0 %   89.9 %   400    1.00
           replay    10.0 %   10.1 %   100    0.45
general+1  all       90.0 %   89.7 %   400    0.21
           replay    10.0 %   10.3 %   100    0.10
general+2  all       90.0 %   89.7 %   400    0.21
           replay    10.0 %   10.3 %   100    0.10
tasks      tables    50.0 %   50.0 %   600    0.94
           reports   30.0 %   30.0 %   300    1.13
           replay    20.0 %   20.0 %   100    2.24
target     all      100.0 %  100.0 %   300    1.51

gate of general: eval_loss at most 1.2; otherwise 12 steps more, up to 2 times, then stop
`);
  });

  it('is short for a plan without stages', () => {
    expect(text(fakePlan())).toMatch(
      /^12 optimizer steps, 2 epochs\n4 rows a step, 2 in the smallest\n902 tokens, 86 of them supervised\n4 evaluations, 5 checkpoints\n\nlearning rate\n/,
    );
  });

  it('says where too few rows cannot hold the mix, and where nothing would be learned', () => {
    const parts = partsFrom(0, ['a', 3, 0.55], ['b', 3, 0.45]);
    const lines = text(fakeStagePlan([fakeStage({ parts, length: { steps: 1 } })], 6));
    expect(lines).toMatch(
      /note: stage first: a has \d\d\.\d % of the tokens, wanted are 55\.0 %; its 8 rows do not come nearer/,
    );
    expect(lines).toMatch(/note: stage first: the learning rate of its one step is 0, nothing is learned/);
    expect(text(fakeStagePlan(three, 1500))).not.toContain('note:');
  });
});

describe('gateText', () => {
  it.each([
    [
      { at_least: 0.8, metric: 'exact_match', benchmark: 'probe' },
      'exact_match on probe at least 0.8; otherwise stop',
    ],
    [
      { at_most: 2, otherwise: 'go_on', check_steps: 5 },
      'eval_loss at most 2, looked at every 5 steps; otherwise go on',
    ],
    [
      { at_most: 2, otherwise: 'extend', extend: { length: { epochs: 0.5 }, finally: 'go_on' } },
      'eval_loss at most 2; otherwise 0.5 epochs more, once, then go on',
    ],
    [
      { at_most: 2, otherwise: 'extend', extend: { length: { tokens: 5000 }, times: 3 } },
      'eval_loss at most 2; otherwise 5000 tokens more, up to 3 times, then stop',
    ],
  ])('says %j in words', (gate, words) => {
    expect(gateText(gateSchema.parse(gate))).toBe(words);
  });
});

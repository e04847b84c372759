import { expect, it } from 'vitest';
import type { GateSettings } from '../../../recipe/stages/gate.js';
import type { StepMetrics } from '../../../train/metrics.js';
import { describePlan } from '../../../train/plan-summary.js';
import type { StageRecord } from '../../../train/stage-records.js';
import { stagedPlan } from '../../../train/staged-run.fixture.js';
import type { ReportInput } from '../input.js';
import { stagesSection } from './stages.js';

const gate = {
  metric: 'exact_match',
  benchmark: 'check',
  at_least: 0.5,
  otherwise: 'extend',
} as GateSettings;
const record: StageRecord = {
  name: 'basics',
  plan: '',
  state: 'done',
  first_step: 1,
  last_step: 6,
  extensions: 1,
  ended_early: false,
  gate: { settings: gate, checks: [{ step: 6, value: 0.75, reached: true, plan: '' }], decision: 'reached' },
  scores: {},
};

it('counts the tokens of the steps that were made, and says what the gate was measured on', async () => {
  const metrics = Array.from({ length: 8 }, (_, index) => ({ step: index + 1, tokens: 1000 }) as StepMetrics);
  const input = { planned: describePlan(stagedPlan()), stages: [record], metrics };
  const page = (await stagesSection(input as unknown as ReportInput)).map(({ markup }) => markup).join('');
  // four steps of the stage and two of its extension
  expect(page).toMatch(/<td>1 to 6<\/td>\s*<td>6.000<\/td>/);
  expect(page).toContain('exact match on check ≥ 0.5, came to 0.75, reached, extended once');
});

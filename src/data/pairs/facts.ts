/**
 * The questions that a table can be asked, task by task.
 * @module
 */
import type { PairTask } from '../../recipe/data/tables.js';
import { average, change, percentage_change, ratio, share, total, unit_conversion } from './calculations.js';
import { comparison, look_up, ranking, statement_type, unanswerable } from './direct-answers.js';
import type { Maker } from './fact.js';
import { financial_ratio } from './financial-ratios.js';
import { json_output } from './json-answers.js';
import { risk_flags } from './risk-flags.js';
import { summary } from './summaries.js';
import { trend_commentary } from './trend-commentary.js';

/** Makes the facts of each task. */
export const factMakers: Record<PairTask, Maker> = {
  look_up,
  change,
  percentage_change,
  total,
  average,
  share,
  ratio,
  comparison,
  ranking,
  unit_conversion,
  statement_type,
  unanswerable,
  financial_ratio,
  trend_commentary,
  risk_flags,
  summary,
  json_output,
};

/**
 * The step `quality`: scores items by rules and removes those with clear defects.
 * @module
 */
import type { QualitySettings } from '../../recipe/data/quality.js';
import { type Item, itemText } from '../item.js';
import type { RemovedItem, Step, StepSample } from '../step.js';
import { findDefects, qualityRules, scoreOf } from './rules.js';

const samplesOfEach = 2;

/**
 * Sets `scores.quality` (0 to 1) of every item and removes those below `min_score`; the reason is the rule that weighs
 * most. Counts how often each rule was broken, whether or not the item stays. Documents that pairs are still to be made
 * from pass through.
 */
export function createQualityStep(settings: QualitySettings): Step {
  return async (items) => {
    const counts: Record<string, number> = {};
    const removed: RemovedItem[] = [];
    const samples: StepSample[] = [];
    const kept: Item[] = [];
    for (const item of items) {
      if (item.blocks) {
        kept.push(item);
        continue;
      }
      const defects = findDefects(item, settings).sort((a, b) => qualityRules[b.rule] - qualityRules[a.rule]);
      const quality = scoreOf(defects);
      const stays = quality >= settings.min_score;
      for (const { rule } of defects) {
        counts[rule] = (counts[rule] ?? 0) + 1;
        if (counts[rule] > samplesOfEach) continue;
        const before = shown(item);
        samples.push({ rule, id: item.id, before, ...(stays ? { after: before } : {}) });
      }
      if (stays) {
        kept.push({ ...item, scores: { ...item.scores, quality } });
        continue;
      }
      const [worst, ...others] = defects;
      removed.push({
        id: item.id,
        source: item.source,
        step: 'quality',
        reason: worst?.rule ?? 'low_score',
        detail: `score ${quality}: ${[worst, ...others].map((defect) => `${defect?.rule} (${defect?.detail})`).join('; ')}`,
        excerpt: shown(item).slice(0, 200),
      });
    }
    return { items: kept, removed, counts, samples };
  };
}

/** The end of the question and the beginning of the answer. */
function shown(item: Item): string {
  if (!item.messages) return itemText(item).slice(0, 400);
  const [answer, question] = item.messages.toReversed();
  return `${question?.content.slice(-200) ?? ''}\n-> ${answer?.content.slice(0, 300) ?? ''}`;
}

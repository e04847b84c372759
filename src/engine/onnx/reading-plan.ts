/**
 * Which of the waiting prompts are read next, together, and which beginnings are read for several of them.
 * @module
 */
import type { GenerateRequest } from './generate-request.js';
import { commonLength, type HeldRow, isWorthSharing, minimumShared } from './held-rows.js';
import type { GrowingRow, KeyValueRoom } from './key-value-room.js';

/** Tokens that are read at once, padding included, where a prompt is not longer by itself. */
export const tokensAtOnce = 1024;
/** Padding that is accepted, as a part of the tokens that are read, and as tokens. */
const padding = { share: 0.25, tokens: 64 };

/** A row and the tokens that have to be computed for it, behind those that it holds. */
export interface Reading {
  row: HeldRow;
  tokens: readonly number[];
}

/** A prompt that is read to its end. */
export interface PromptReading extends Reading {
  request: GenerateRequest;
}

/** What is read at once: first beginnings, then prompts. */
export interface ReadingPlan {
  beginnings: Reading[];
  prompts: PromptReading[];
}

/**
 * Takes rows for what is read next.
 *
 * Prompts are taken in their order. One that begins as something does that is just being read waits for it, and so do
 * prompts whose neighbour shares most of them: their beginning is read first. A prompt that would make others pay for much
 * padding waits too; the first never does. Nothing overtakes a prompt that there is no room for.
 *
 * @param free places of the batch
 * @param growing rows that may still grow
 */
export function planReading(
  waiting: readonly GenerateRequest[],
  free: number,
  growing: readonly GrowingRow[],
  room: KeyValueRoom,
): ReadingPlan {
  const plan: ReadingPlan = { beginnings: [], prompts: [] };
  const inUse = [...growing];
  const begun: (readonly number[])[] = [];
  for (const [i, request] of waiting.slice(0, free).entries()) {
    const { ids, number, settings } = request;
    const held = room.held(ids);
    if (begun.some((other) => commonLength(other, ids) >= held.count + minimumShared)) continue;
    const next = waiting[i + 1]?.ids ?? [];
    const shared = Math.min(commonLength(ids, next), ids.length - 1, next.length - 1);
    const isShared = isWorthSharing(shared, Math.max(ids.length, next.length));
    if (isShared && shared >= (held.before?.count ?? 0) + minimumShared) {
      if (!fits(plan.beginnings, shared - held.count)) continue;
      const row = room.takeBeginning(ids.slice(0, shared), number);
      if (row) {
        if (row.tokens.length === shared) continue;
        plan.beginnings.push({ row, tokens: ids.slice(row.tokens.length, shared) });
        begun.push(ids.slice(0, shared));
        continue;
      }
    }
    if (!fits(plan.prompts, ids.length - held.count)) continue;
    const row = room.takeOwn(ids, settings.maxNewTokens, inUse, number);
    if (!row) break;
    plan.prompts.push({ request, row, tokens: ids.slice((row.before?.count ?? 0) + row.tokens.length) });
    inUse.push({ row, left: settings.maxNewTokens });
    begun.push(ids);
  }
  return plan;
}

/** Whether one more row of `length` tokens may be read with `others`. */
function fits(others: readonly Reading[], length: number): boolean {
  if (others.length === 0) return true;
  const lengths = [...others.map(({ tokens }) => tokens.length), length];
  const padded = lengths.length * Math.max(...lengths);
  const needed = lengths.reduce((sum, one) => sum + one, 0);
  return padded <= tokensAtOnce && padded <= needed * (1 + padding.share) + padding.tokens;
}

/**
 * What `manifest.json` says about the data under `data`, as far as it says it.
 * @module
 */
import * as z from 'zod';

const count = z.number().min(0).optional().catch(undefined);
const countsBySplit = z.record(z.string(), z.number());

/** The fields of `data` that the report shows; others are ignored, and each may be absent. */
const dataSummarySchema = z.object({
  /** Examples by task and split: `{ look_up: { train: 900, validation: 60, test: 140 } }`. */
  tasks: z.record(z.string(), countsBySplit).optional().catch(undefined),
  /** Groups (documents, companies) by split. */
  groups: countsBySplit.optional().catch(undefined),
  /** Token rows of the training split. */
  rows: count,
  /** Tokens of the training split as they are computed, padding excluded. */
  tokens: count,
  supervised_tokens: count,
  /** Tokens that the same examples would take one by one, without shared beginnings. */
  tokens_unshared: count,
  /** Where the examples come from. */
  sources: z
    .array(z.object({ name: z.string(), licence: z.string(), examples: z.number() }))
    .optional()
    .catch(undefined),
});

/** What the data held. */
export type DataSummary = z.infer<typeof dataSummarySchema>;

/** Reads `data` of a manifest; a field that is absent or of another form is left out. */
export function readDataSummary(data: unknown): DataSummary {
  return dataSummarySchema.catch({}).parse(data ?? {});
}

/**
 * Scorers that take settings.
 * @module
 */
import { z } from 'zod';
import { answerFormatSchema } from '../../recipe/data/formats.js';
import { adviceWithinContext } from './advice/advice-within-context.js';
import { answerFormat } from './answer-format.js';
import { exactIdentifiers } from './exact-identifiers.js';
import { jsonFields } from './json-fields.js';
import { jsonSchema } from './json-schema.js';
import { numericMatch } from './numeric-match.js';
import type { Scorer } from './scorer.js';
import { stepsInOrder } from './steps-in-order.js';
import { terminology } from './terminology.js';
import { verbatimQuotation } from './verbatim-quotation.js';

/** How a scorer is made from settings. */
interface Configurable {
  settings: z.ZodObject;
  /** @param written settings that {@link Configurable.settings} accepts */
  make(written: unknown): Scorer;
}

function configurable<Settings extends z.ZodObject>(
  settings: Settings,
  make: (settings: z.output<Settings>) => Scorer,
): Configurable {
  return { settings, make: (written) => make(settings.parse(written)) };
}

const tolerance = z.number().min(0);

/** By the name that a benchmark's file gives; the settings stand beside it. */
export const configurableScorers: ReadonlyMap<string, Configurable> = new Map([
  [
    'numeric_match',
    configurable(
      z.strictObject({ relative: tolerance.optional(), absolute: tolerance.optional() }),
      ({ relative, absolute }) =>
        relative === undefined && absolute === undefined
          ? numericMatch()
          : numericMatch({ relative, absolute }),
    ),
  ],
  [
    'terminology',
    configurable(z.strictObject({ terms: z.array(z.string().min(1)).min(1) }), ({ terms }) =>
      terminology(terms),
    ),
  ],
  [
    'answer_format',
    configurable(z.strictObject({ format: answerFormatSchema }), ({ format }) => answerFormat(format)),
  ],
  [
    'json_valid',
    configurable(z.strictObject({ schema: z.record(z.string(), z.unknown()).default({}) }), ({ schema }) =>
      jsonSchema(schema),
    ),
  ],
  [
    'json_field_accuracy',
    configurable(z.strictObject({ fields: z.array(z.string().min(1)).min(1).optional() }), ({ fields }) =>
      jsonFields(fields),
    ),
  ],
  [
    'advice_within_context',
    configurable(z.strictObject({ drugs: z.array(z.string().min(1)).default([]) }), adviceWithinContext),
  ],
  [
    'verbatim_quotation',
    configurable(
      z.strictObject({
        of: z.enum(['marks', 'answer']).default('marks'),
        ellipsis: z.boolean().default(true),
      }),
      verbatimQuotation,
    ),
  ],
  ['steps_in_order', configurable(z.strictObject({ complete: z.boolean().default(false) }), stepsInOrder)],
  [
    'exact_identifiers',
    configurable(z.strictObject({ pattern: z.string().min(1).optional() }), ({ pattern }) =>
      exactIdentifiers(pattern),
    ),
  ],
]);

/**
 * Scorers and metrics by the names and settings that a file gives.
 * @module
 */
import { z } from 'zod';
import { AttuneError } from '../../errors.js';
import { nearestName } from '../../recipe/nearest.js';
import { metricsFor } from '../metrics/registry.js';
import { configurableScorers } from '../scorers/configurable.js';
import { scorerNamed, scorerNames } from '../scorers/registry.js';
import type { Scorer } from '../scorers/scorer.js';
import { loadUserScorer } from '../scorers/user-scorer.js';
import type { ResolvedScorers, ResolveScorers, ScorerContext, ScorerSpec } from './scorer-specs.js';

/**
 * Makes the scorers of a benchmark; every metric that makes sense for its output comes with them. What the file names stands
 * first, in its order: a scorer, or a metric over all items such as `macro_f1`.
 *
 * @throws AttuneError for an unknown name, a name twice, a wrong setting, or a user's file that is no scorer
 */
export const resolveScorers: ResolveScorers = async (specs, context) => {
  const scorers: Scorer[] = [];
  const named: string[] = [];
  const available = new Set(
    metricsFor(context.output, { labels: context.labels, scorers: [] }).map(({ name }) => name),
  );
  for (const spec of specs) {
    const scorer = await makeScorer(spec);
    if (scorer) scorers.push(scorer);
    else if (!available.has(spec.name!)) throw unknownName(spec.name!, context, available);
    named.push(scorer?.name ?? spec.name!);
  }
  const metrics = metricsFor(context.output, { labels: context.labels, scorers });
  const names = metrics.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new AttuneError(`scorers: "${twice}" is the name of two scorers or metrics`, {
      field: 'scorers',
      fix: 'name each once; a scorer of your own may not have the name of one that is measured beside it',
    });
  }
  return { scorers, metrics: namedFirst(metrics, named) };
};

function namedFirst(
  metrics: ResolvedScorers['metrics'],
  named: readonly string[],
): ResolvedScorers['metrics'] {
  const place = (name: string): number => (named.includes(name) ? named.indexOf(name) : named.length);
  return [...metrics].sort((a, b) => place(a.name) - place(b.name));
}

/** The scorer of a spec; undefined where it may name a metric. */
async function makeScorer({ name, file, settings }: ScorerSpec): Promise<Scorer | undefined> {
  if (file !== undefined) {
    refuseSettings(file, settings);
    return loadUserScorer(file, { baseDirectory: '.' });
  }
  const configurable = configurableScorers.get(name!);
  if (configurable) {
    const parsed = configurable.settings.safeParse(settings);
    if (parsed.success) return configurable.make(settings);
    throw new AttuneError(`scorers: ${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`, {
      field: 'scorers',
      fix: `its settings are ${Object.keys(configurable.settings.shape).join(', ')}`,
    });
  }
  refuseSettings(name!, settings);
  return scorerNamed(name!);
}

function refuseSettings(scorer: string, settings: ScorerSpec['settings']): void {
  if (Object.keys(settings).length === 0) return;
  throw new AttuneError(`scorers: ${scorer} has no settings`, {
    field: 'scorers',
    fix: `leave out ${Object.keys(settings).join(', ')}`,
  });
}

function unknownName(
  name: string,
  { output, labels }: ScorerContext,
  metrics: ReadonlySet<string>,
): AttuneError {
  const names = [...scorerNames, ...configurableScorers.keys(), ...metrics];
  const classes = ['label_accuracy', 'macro_f1', 'weighted_f1', 'mcc'];
  if (classes.includes(name) && !labels) {
    return new AttuneError(`scorers: ${name} needs the classes`, {
      field: 'labels',
      fix: 'list them as `labels`',
    });
  }
  const nearest = nearestName(name, names);
  return new AttuneError(`scorers: there is no scorer or metric "${name}" for ${output}`, {
    field: 'scorers',
    fix: nearest ? `did you mean \`${nearest}\`?` : `choose from ${names.join(', ')}`,
  });
}

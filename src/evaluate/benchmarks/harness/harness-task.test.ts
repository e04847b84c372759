import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../data/answers.js';
import { resolveScorers } from '../benchmark-files.fixture.js';
import { layOutPrompt } from '../prompt-layout.js';
import { loadHarnessTask } from './harness-task.js';

interface Golden {
  requests: { doc: number; arguments: [string, (string | object)?] }[];
  scores: { doc: number; answer: string; exact_match: number }[];
}
const golden: Record<string, Golden> = JSON.parse(await readFile('test/golden/harness-prompts.json', 'utf8'));
const load = (name: string) => loadHarnessTask(`test/golden/harness/${name}.yaml`, { resolveScorers });

describe('the requests of lm-evaluation-harness 0.4.13 (test/golden/make_harness_prompts.py)', () => {
  it.each(Object.keys(golden))('%s', async (name) => {
    const benchmark = await load(name);
    const requests = benchmark.items.flatMap((item, doc): Golden['requests'] => {
      const { text = '' } = layOutPrompt(item, benchmark.fewShot, benchmark.layout);
      const { stop, max_new_tokens } = benchmark.generation;
      if (benchmark.output === 'generate')
        return [{ doc, arguments: [text, { until: stop, max_gen_toks: max_new_tokens }] }];
      if (name === 'rolling') return [{ doc, arguments: [item.reference.text] }];
      if (benchmark.output === 'perplexity') return [{ doc, arguments: [text, item.reference.text] }];
      return item.choices!.map((choice) => ({
        doc,
        arguments: [text, `${benchmark.layout.targetDelimiter}${choice}`],
      }));
    });
    const wanted = golden[name]!.requests.map(({ doc, arguments: [text, more] }) => {
      if (typeof more !== 'object') return { doc, arguments: more === undefined ? [text] : [text, more] };
      const { until, max_gen_toks = 256 } = more as { until: string | string[]; max_gen_toks?: number };
      return { doc, arguments: [text, { until: [until].flat(), max_gen_toks }] };
    });
    expect(requests).toEqual(wanted);
  });

  it.each(Object.keys(golden).filter((name) => golden[name]!.scores.length > 0))(
    'scores of %s',
    async (name) => {
      const { items, scorers } = await load(name);
      const scores = golden[name]!.scores.map(({ doc, answer }) => {
        const given = { id: '', text: answer, value: readAnswer(answer), stopped: true };
        return { doc, answer, exact_match: scorers[0]!.score(given, items[doc]!) };
      });
      expect(scores).toEqual(golden[name]!.scores);
    },
  );
});

/**
 * `node benchmarks/measure/requests.mjs NAME [ITEMS]` writes what a built-in benchmark puts to a model, one JSON line an item:
 * prompt, continuations, right answer. `score.py` answers it with Transformers, independently of Attune's engine.
 */
import { findBuiltin } from '../../dist/evaluate/benchmarks/builtin.js';
import { loadBenchmark } from '../../dist/evaluate/benchmarks/load-benchmark.js';
import { layOutPrompt } from '../../dist/evaluate/benchmarks/prompt-layout.js';
import { meanOf } from '../../dist/evaluate/metrics/metric.js';

const [name, itemsPath] = process.argv.slice(2);
const file = findBuiltin(name);
if (!file) throw new Error(`no built-in benchmark is called ${name}`);
// Scores are made in score.py; of the measures only the names are needed here.
const resolveScorers = async (specs) => ({ scorers: [], metrics: specs.map((spec) => meanOf(spec.name)) });
const benchmark = await loadBenchmark(file, { itemsPath, resolveScorers });
const { layout, fewShot, output } = benchmark;
for (const item of benchmark.items) {
  const { messages, text } = layOutPrompt(item, fewShot, layout);
  const texts = output === 'perplexity' ? [item.reference.text] : item.choices;
  const before = output === 'perplexity' || messages ? '' : layout.targetDelimiter;
  const continuations = texts.map((one) => `${before}${one}`);
  const { task, reference } = item;
  process.stdout.write(
    `${JSON.stringify({ task, messages, text, continuations, right: reference.choice })}\n`,
  );
}

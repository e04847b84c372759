import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { projectRecipe } from './project-recipe.js';

const text = `# yaml-language-server: $schema=../../schema/recipe.schema.json
# attune run examples/law/recipe.yaml
name: law # the run
model: { name: some-model }
data:
  sources:
    - { type: records, path: data/a.jsonl } # its own
    - { type: records, path: ../../shared/b.jsonl, group_by: "file" }
    - { type: records, path: "hub:owner/name" }
evaluation:
  benchmarks:
    - { name: own, benchmark: ./benchmark.yaml, items: ../items.jsonl }
    - { name: general, benchmark: general }
stages:
  - { name: first, data: { path: ../other/c.jsonl } }
`;
const project = (more: object = {}) =>
  projectRecipe({
    text,
    from: '/package/examples/law',
    to: '/home/ana/my law',
    domain: { name: 'law', description: 'contracts', starterData: 'data/starter.jsonl' },
    name: 'mine',
    ...more,
  });

it('moves the paths that leave the example, wherever they stand, and keeps everything else as it is written', () => {
  expect(project()).toBe(
    text
      .replace('../../schema/recipe', './recipe')
      .replace('examples/law/', '')
      .replace('name: law', 'name: mine')
      .replace('../../shared/b.jsonl', '../../../package/shared/b.jsonl')
      .replace('../items.jsonl', '../../../package/examples/items.jsonl')
      .replace('../other/c.jsonl', '../../../package/examples/other/c.jsonl'),
  );
});

it('quotes a name that YAML would read as something else', () => {
  expect(parseDocument(project({ name: '2024' })).toJS().name).toBe('2024');
});

it('puts other data in the place of the sources', () => {
  const data = {
    kind: 'records',
    sources: [{ type: 'records', path: '/x/y.jsonl' }],
    files: [],
    fields: [{ path: ['data', 'max_length'], value: 99 }],
    benchmarks: [{ name: 'more', benchmark: 'general' }],
    heldOut: [{ path: 'z.json' }],
    note: '',
  };
  const { data: section, evaluation } = parseDocument(project({ data })).toJS();
  expect(section.sources).toEqual([{ type: 'records', path: '/x/y.jsonl' }]);
  expect(section.max_length).toBe(99);
  expect(section.contamination.benchmarks).toEqual([{ path: 'z.json' }]);
  expect(evaluation.benchmarks).toHaveLength(3);
});

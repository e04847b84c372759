import { describe, expect, it } from 'vitest';
import { parseRecipe } from './load.js';
import { rebaseRecipe } from './paths.js';

const recipe = parseRecipe(
  'name: a\nmodel: {name: ./tiny}\ndata: {sources: [{type: records, path: data/a.jsonl}, {type: records, path: /b.jsonl}]}',
  'recipe.yaml',
);

describe('rebaseRecipe', () => {
  it('keeps pointing at the same files', () => {
    const moved = rebaseRecipe(recipe, '/home/examples', '/home/runs/a');
    expect(moved.data.sources.map(({ path }) => path)).toEqual(['../../examples/data/a.jsonl', '/b.jsonl']);
    expect(moved.model.name).toBe('../../examples/tiny');
    expect(rebaseRecipe(recipe, '/home/a', '/home').model.name).toBe('./a/tiny');
    expect(rebaseRecipe(moved, '/home/runs/a', '/home/examples').data.sources[0]!.path).toBe('data/a.jsonl');
  });

  it('moves facts of a benchmark with their source, and leaves the prompts that come with Attune', () => {
    const text = `name: a
data: {sources: [{type: facts, path: terms.jsonl}, {type: replay}, {type: replay, path: ./builtin}]}
evaluation: {benchmarks: [{name: recall, facts: terms.jsonl}]}`;
    const moved = rebaseRecipe(parseRecipe(text, 'recipe.yaml'), '/home/a', '/home');
    expect(moved.data.sources.map(({ path }) => path)).toEqual(['a/terms.jsonl', 'builtin', 'a/builtin']);
    expect(moved.evaluation.benchmarks[0]!.facts).toBe('a/terms.jsonl');
  });

  it('leaves names of the catalog and of the hub alone', () => {
    const named = { ...recipe, model: { name: 'owner/name' } };
    expect(rebaseRecipe(named, '/a', '/b').model.name).toBe('owner/name');
    const [source] = recipe.data.sources;
    const fromHub = { ...recipe.data, sources: [{ ...source!, path: 'hub:owner/name:train' }] };
    expect(rebaseRecipe({ ...recipe, data: fromHub }, '/a', '/b').data.sources[0]!.path).toBe(
      'hub:owner/name:train',
    );
  });
});

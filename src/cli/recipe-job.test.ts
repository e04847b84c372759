import { expect, it } from 'vitest';
import { sameRecipe } from './recipe-job.js';

it('offers the next verb with the fields that were replaced, as a shell reads them', () => {
  expect(sameRecipe('train', 'a/recipe.yaml', { set: [] })).toBe('attune train a/recipe.yaml');
  const set = ['training.max_steps=3', "name=it's mine"];
  expect(sameRecipe('data inspect', 'my recipe.yaml', { set })).toBe(
    "attune data inspect 'my recipe.yaml' --set training.max_steps=3 --set 'name=it'\\''s mine'",
  );
});

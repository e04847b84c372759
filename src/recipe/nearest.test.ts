import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest.js';

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['rank', 'rank', 0],
    ['sede', 'seed', 1],
    ['learning_rat', 'learning_rate', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearestName', () => {
  const names = ['learning_rate', 'num_train_epochs', 'max_steps', 'r', 'lora_alpha'];
  it.each([
    ['learningRate', 'learning_rate'],
    ['epochs', 'num_train_epochs'],
    ['alpha', 'lora_alpha'],
    ['max_stpes', 'max_steps'],
  ])('%s means %s', (name, wanted) => expect(nearestName(name, names)).toBe(wanted));

  it('says nothing when nothing is near', () =>
    expect(nearestName('flash_attention', names)).toBeUndefined());
});

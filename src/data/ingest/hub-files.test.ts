import { describe, expect, it } from 'vitest';
import { chooseFiles, parseHubPath } from './hub-files.js';

const choose = (path: string, paths: string[], readme?: string) =>
  chooseFiles(paths, readme, parseHubPath(`hub:o/n${path}`));
const configs = (text: string) => `---\nlicense: mit\nconfigs:\n${text}\n---\n# About\n`;

describe('parseHubPath', () => {
  it.each([
    ['hub:owner/name', { name: 'owner/name', revision: 'main' }],
    ['hub:owner/name:test', { name: 'owner/name', revision: 'main', split: 'test' }],
    [
      'hub:o.w-n/n_a.m@v1.0/en:train_sft',
      { name: 'o.w-n/n_a.m', revision: 'v1.0', config: 'en', split: 'train_sft' },
    ],
    [
      'hub:owner/name@refs/convert/parquet/default:train',
      { name: 'owner/name', revision: 'refs/convert/parquet', config: 'default', split: 'train' },
    ],
  ])('reads %s', (path, expected) => {
    expect(parseHubPath(path)).toEqual(expected);
  });

  it.each([
    'hub:name',
    'hub:../name',
    'hub:owner/..',
    'hub:o/n@',
    'hub:o/n:',
    'hub:o/n@../../x',
    'hub:o/n:a:b',
  ])('refuses %s', (path) => {
    expect(() => parseHubPath(path)).toThrow(/names no data set/);
  });
});

describe('chooseFiles', () => {
  it('takes the training split by the usual names', () => {
    const paths = [
      'README.md',
      'data/test-00000-of-00001.parquet',
      'data/train-00001-of-00002.parquet',
      'data/train-00000-of-00002.parquet',
    ];
    expect(choose('', paths)).toEqual([
      'data/train-00000-of-00002.parquet',
      'data/train-00001-of-00002.parquet',
    ]);
    expect(choose(':test', paths)).toEqual(['data/test-00000-of-00001.parquet']);
    expect(() => choose(':validation', paths)).toThrow(/no split `validation`/);
    expect(choose(':validation', ['a/my-dev.jsonl', 'a/my-train.jsonl'])).toEqual(['a/my-dev.jsonl']);
    expect(choose('', ['train.csv', 'eval.csv'])).toEqual(['train.csv']);
    expect(choose('', ['train/a.csv', 'train/b.csv', 'test/a.csv'])).toEqual(['train/a.csv', 'train/b.csv']);
    expect(choose('/default', ['default/train/0000.parquet', 'default/test/0000.parquet'])).toEqual([
      'default/train/0000.parquet',
    ]);
  });

  it('takes the only split, and files that name none', () => {
    expect(choose('', ['test.jsonl'])).toEqual(['test.jsonl']);
    expect(choose('', ['b.jsonl', 'a.jsonl'])).toEqual(['a.jsonl', 'b.jsonl']);
    expect(choose(':train', ['a.jsonl'])).toEqual(['a.jsonl']);
    expect(() => choose(':test', ['a.jsonl'])).toThrow(/no split/);
    expect(() =>
      choose('', ['data/train_sft-00000-of-00001.parquet', 'data/test_sft-00000-of-00001.parquet']),
    ).toThrow(/several splits/);
    expect(
      choose(':train_sft', ['data/train_sft-00000-of-00001.parquet', 'data/test_sft-00000-of-00001.parquet']),
    ).toEqual(['data/train_sft-00000-of-00001.parquet']);
  });

  it('takes one kind of files where the same lies there in several', () => {
    expect(choose('', ['train-a.parquet', 'train-b.parquet', 'train.csv', 'dataset_infos.json'])).toEqual([
      'train-a.parquet',
      'train-b.parquet',
    ]);
    expect(() => choose('', ['script.py', 'config.json'])).toThrow(/has no Parquet, JSONL, JSON or CSV/);
  });

  it('asks for the configuration where folders are several', () => {
    const paths = ['de/train.csv', 'en/train.csv', 'en/test.csv'];
    expect(() => choose('', paths)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('`/de`, `/en`') }),
    );
    expect(choose('/en:test', paths)).toEqual(['en/test.csv']);
    expect(() => choose('/fr', paths)).toThrow(/no configuration `fr`/);
  });

  it('goes by the README before names', () => {
    const paths = ['raw/x1.jsonl', 'raw/x2.jsonl', 'raw/y.jsonl', 'train.csv'];
    const one = configs(
      '- config_name: default\n  data_files:\n  - split: train\n    path: raw/x*.jsonl\n  - split: held\n    path: [raw/y.jsonl]',
    );
    expect(choose('', paths, one)).toEqual(['raw/x1.jsonl', 'raw/x2.jsonl']);
    expect(choose(':held', paths, one)).toEqual(['raw/y.jsonl']);
    const two = configs(
      '- config_name: a\n  data_files: "raw/x*.jsonl"\n- config_name: b\n  data_dir: raw\n  data_files: y.jsonl',
    );
    expect(() => choose('', paths, two)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('`/a`, `/b`') }),
    );
    expect(choose('/b', paths, two)).toEqual(['raw/y.jsonl']);
    expect(choose('', paths, two.replace('config_name: b', 'config_name: b\n  default: true'))).toEqual([
      'raw/y.jsonl',
    ]);
    expect(choose('', ['train.csv'], '---\n: broken: [\n---')).toEqual(['train.csv']);
    expect(choose('', ['train.csv'], 'no block')).toEqual(['train.csv']);
  });
});

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Desk } from './desk.js';
import { exportRatings, importRatings } from './ratings.js';
import { RatingsLog, ratingsFile, readRatings } from './ratings-file.js';
import { cellText, csvCell } from './ratings-table.js';
import { writeAnswers } from './study.fixture.js';
import { createStudy, type Study, studyDirectory } from './study.js';
import { assignmentKey } from './study-file.js';

const when = '2026-03-14T09:26:53.000Z';
let root: string;
let run: string;
let directory: string;
let study: Study;
let round = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-ratings-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  run = join(root, `${round++}`);
  await writeAnswers(run, { count: 4 });
  study = await createStudy({ runDirectory: run, name: 's', settings: { raters: ['Anna', 'Ben'] }, seed: 5 });
  directory = studyDirectory(run, 's');
});

const decision = { choice: 'left', comment: '', seconds: 2 };

describe('the ratings file', () => {
  it('keeps every decision, and the newest holds', async () => {
    const desk = await Desk.open(study, directory, 'Anna');
    await desk.decide(0, decision, when);
    await desk.decide(1, { ...decision, choice: 'both_bad', comment: 'neither' }, when);
    await desk.decide(0, { ...decision, choice: 'right' }, when);
    const again = await Desk.open(study, directory, 'Anna');
    expect(again.progress()).toMatchObject({ total: 4, decided: [0, 1], typical_seconds: 2 });
    expect(again.show(0)!.decided).toEqual({ choice: 'right', comment: '' });
    expect(again.show(1)!.decided).toEqual({ choice: 'both_bad', comment: 'neither' });
    expect((await readFile(ratingsFile(directory, 'Anna'), 'utf8')).trim().split('\n')).toHaveLength(3);
  });

  it('tolerates a torn last line, goes on after it, and names any other broken one', async () => {
    const file = ratingsFile(directory, 'Anna');
    const desk = await Desk.open(study, directory, 'Anna');
    await desk.decide(0, decision, when);
    await appendFile(file, '{"item":"item-1","left":"ba');
    expect((await readRatings(study, directory, 'Anna')).size).toBe(1);
    const again = await Desk.open(study, directory, 'Anna');
    await again.decide(1, decision, when);
    expect((await readRatings(study, directory, 'Anna')).size).toBe(2);
    const text = await readFile(file, 'utf8');
    // A last line that is whole but for its end is kept.
    await writeFile(file, text.trimEnd());
    await (await Desk.open(study, directory, 'Anna')).decide(2, decision, when);
    expect((await readRatings(study, directory, 'Anna')).size).toBe(3);
    await writeFile(file, `{"half\n${text}`);
    await expect(readRatings(study, directory, 'Anna')).rejects.toMatchObject({ file, line: 1 });
  });

  it('keeps decisions apart that are made at the same time', async () => {
    const desk = await Desk.open(study, directory, 'Anna');
    await Promise.all([0, 1, 2, 3].map((index) => desk.decide(index, decision, when)));
    expect((await Desk.open(study, directory, 'Anna')).progress().decided).toEqual([0, 1, 2, 3]);
  });

  it.each([
    [0, { ...decision, choice: 'tuned' }],
    [0, { comment: '', seconds: 1 }],
    [0, { ...decision, scores: { correct: 1 } }],
    [0, { scores: { correct: 1 }, seconds: 1 }],
    [0, { ...decision, seconds: -1 }],
    [0, { ...decision, comment: 'x'.repeat(5000) }],
    [0, { ...decision, system: 'tuned' }],
    [4, decision],
    [0, null],
  ])('refuses what is no decision %#', async (index, body) => {
    const desk = await Desk.open(study, directory, 'Anna');
    await expect(desk.decide(index, body, when)).rejects.toThrow();
    expect(desk.progress().decided).toEqual([]);
  });

  it('never tells a system', async () => {
    const desk = await Desk.open(study, directory, 'Anna');
    await desk.decide(0, decision, when);
    const seen = JSON.stringify([desk.describe(), desk.show(0), desk.show(1)]);
    for (const key of ['tuned', 'base', 'reference', 'item-']) expect(seen).not.toContain(key);
  });
});

describe('exportRatings and importRatings', () => {
  async function rateAll(): Promise<void> {
    const comments = ['', '=1+1', 'She said "no", twice\nand left', "'quoted", 'Übung'];
    for (const { name } of study.raters) {
      const desk = await Desk.open(study, directory, name);
      for (let index = 0; index < 4; index++) {
        const choice = ['left', 'right', 'equal', 'both_bad'][index];
        await desk.decide(index, { choice, comment: comments[index + 1], seconds: index + 0.5 }, when);
      }
    }
  }

  it.each(['csv', 'jsonl'])(
    '%s holds everything that is needed to make the ratings again',
    async (ending) => {
      await rateAll();
      const file = join(run, `ratings.${ending}`);
      expect(await exportRatings(directory, file)).toBe(8);
      const before = await readRatings(study, directory, 'Anna');
      expect(await importRatings(directory, file)).toEqual({ added: 0, unchanged: 8 });
      await rm(join(directory, 'ratings'), { recursive: true });
      expect(await importRatings(directory, file)).toEqual({ added: 8, unchanged: 0 });
      expect(await readRatings(study, directory, 'Anna')).toEqual(before);
    },
  );

  it('names systems and who is preferred, and lets no spreadsheet execute a comment', async () => {
    await rateAll();
    const file = join(run, 'ratings.csv');
    await exportRatings(directory, file);
    const text = await readFile(file, 'utf8');
    const [header, first] = text.split('\r\n');
    expect(header).toBe('\uFEFFrater,item,task,group,left,right,choice,preferred,seconds,comment,when');
    const { item, left, right } = study.raters[0]!.assignments[0] as unknown as Record<string, string>;
    expect(first).toMatch(new RegExp(`^Anna,${item},\\w+,report-\\d,${left},${right},left,${left},0.5,'=1`));
    const jsonl = join(run, 'ratings.jsonl');
    await exportRatings(directory, jsonl);
    const rows = (await readFile(jsonl, 'utf8')).trim().split('\n');
    expect(JSON.parse(rows[1]!)).toMatchObject({
      choice: 'right',
      seconds: 1.5,
      comment: expect.stringMatching('"no"'),
    });
    await expect(exportRatings(directory, join(run, 'ratings.xlsx'))).rejects.toThrow('CSV or JSON lines');
  });

  it('gives every text back that a cell holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = csvCell(text);
        const content = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect(cellText(content)).toBe(text);
        expect(content).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });

  it('reads what a spreadsheet of another country saves', async () => {
    const { item, left, right } = study.raters[1]!.assignments[2] as unknown as Record<string, string>;
    const file = join(run, 'excel.csv');
    // Turned sides, semicolons, a decimal comma, a time without a zone, empty rows at the end.
    await writeFile(
      file,
      `\uFEFFrater;item;left;right;choice;seconds;when\r\nBen;${item};${right};${left};LEFT;12,5;2026-03-14 09:26\r\n;;;;;;\r\n`,
    );
    expect(await importRatings(directory, file)).toEqual({ added: 1, unchanged: 0 });
    const [rating] = (await readRatings(study, directory, 'Ben')).values();
    expect(rating).toEqual({
      item,
      left: right,
      right: left,
      choice: 'left',
      seconds: 12.5,
      when: '2026-03-14T09:26:00.000Z',
    });
    expect((await Desk.open(study, directory, 'Ben')).show(2)!.decided).toEqual({
      choice: 'right',
      comment: '',
    });
  });

  it.each([
    ['rater,item,left,right\nAnna,item-0,base,tuned', 1, 'choice'],
    ['rater,item,left,right,choice,sex\nAnna,item-0,base,tuned,left,f', 1, 'sex'],
    ['rater,item,left,right,choice\nZoe,item-0,base,tuned,left', 2, 'rater'],
    ['rater,item,left,right,choice\nAnna,item-9,base,tuned,left', 2, 'item'],
    ['rater,item,left,right,choice\nAnna,item-0,base,base,left', 2, 'left'],
    ['rater,item,left,right,choice\nAnna,item-0,base,gpt,left', 2, 'left'],
    ['rater,item,left,right,choice\n\nAnna,item-0,base,tuned,tuned', 3, 'choice'],
    ['rater,item,left,right,choice,preferred\nAnna,item-0,base,tuned,left,tuned', 2, 'preferred'],
    ['rater,item,left,right,choice,seconds\nAnna,item-0,base,tuned,left,soon', 2, 'seconds'],
    ['rater,item,left,right,choice,when\nAnna,item-0,base,tuned,left,14/03/2026', 2, 'when'],
    ['rater,item,left,right,choice\nAnna,item-0,base,tuned,left\nAnna,item-0,tuned,base,left', 3, 'item'],
    ['rater,item,left,right,choice\nAnna,item-0,base,tuned,left,more', 2, undefined],
  ])('adds nothing of a file with a wrong row %#', async (text, line, field) => {
    const file = join(run, 'wrong.csv');
    await writeFile(file, `${text}\n`);
    const error = await importRatings(directory, file).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'AttuneError', file, line, field, fix: expect.any(String) });
    expect((await readRatings(study, directory, 'Anna')).size).toBe(0);
  });

  it('names the line of JSON that is no object', async () => {
    const file = join(run, 'wrong.jsonl');
    await writeFile(file, '\n[1]\n');
    await expect(importRatings(directory, file)).rejects.toMatchObject({ file, line: 2 });
  });

  it('takes rubric scores by system, and checks the scale', async () => {
    const criteria = [{ name: 'correct', scale: 3 }];
    const rubric = await createStudy({
      runDirectory: run,
      name: 'r',
      settings: { raters: ['Anna'], form: 'rubric', criteria },
      seed: 1,
    });
    const folder = studyDirectory(run, 'r');
    const file = join(run, 'scores.csv');
    await writeFile(file, 'rater,item,system,score_correct\nAnna,item-0,tuned,3\nAnna,item-0,base,1\n');
    expect(await importRatings(folder, file)).toEqual({ added: 2, unchanged: 0 });
    const out = join(run, 'out.jsonl');
    expect(await exportRatings(folder, out)).toBe(2);
    expect(await readFile(out, 'utf8')).toContain('"system":"tuned","score_correct":3');
    await writeFile(file, 'rater,item,system,score_correct\nAnna,item-0,tuned,4\n');
    await expect(importRatings(folder, file)).rejects.toMatchObject({ line: 2, field: 'score_correct' });
    const log = await RatingsLog.open(rubric, folder, 'Anna');
    expect(rubric.raters[0]!.assignments.filter((each) => log.get(assignmentKey(each)))).toHaveLength(2);
  });
});

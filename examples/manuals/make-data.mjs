// Writes data/manuals.jsonl and data/benchmark.jsonl: manuals composed of machines.txt and procedures.txt, with questions.
//
//   npm run build && node examples/manuals/make-data.mjs
//
// The benchmark has machines and procedures of its own, with part numbers and values that stand in no training manual.
import { readFileSync } from 'node:fs';
import { chooser, dealer, fill, writeData } from '../starter-data.mjs';

const read = (name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !/^# /.test(line));
const machines = read('machines.txt').map((line) => {
  const [machine, model, does, form] = line.split(' | ');
  return { machine, model, does, form };
});
/** Machines from here on are kept for the benchmark. */
const firstOfBenchmark = 24;

const procedures = [];
for (const line of read('procedures.txt')) {
  if (line.startsWith('## ')) {
    const [title, parts, slots] = line.slice(3).split(' | ');
    procedures.push({
      title: title.replace(/^\* /, ''),
      benchmark: title.startsWith('* '),
      parts: parts.split(', '),
      slots: slots.split(' '),
      steps: [],
    });
  } else if (line.startsWith('! ')) procedures.at(-1).warning = line.slice(2);
  else procedures.at(-1).steps.push(line.split(' / '));
}
const letters = 'ABCDEFHKLMNPRSTVWX';
const partNumber = (form, random) =>
  form.replace(/[A0]/g, (place) =>
    place === 'A' ? letters[random.integer(letters.length)] : random.integer(10),
  );
const draw = {
  torque: (random) => `${4 + random.integer(90)} Nm`,
  time: (random) => `${random.pick([2, 3, 4, 6, 8, 12, 15, 18, 25, 35, 40, 50])} minutes`,
  volume: (random) => `${(3 + random.integer(60)) / 10} litres`,
  gap: (random) => `${(2 + random.integer(90)) / 10} mm`,
  pressure: (random) => `${(8 + random.integer(70)) / 10} bar`,
};
const slotNames = {
  torque: 'tightening torque',
  time: 'time',
  volume: 'amount',
  gap: 'distance',
  pressure: 'pressure',
};

/** Parts that no procedure needs, so that a list of parts holds more than what is asked for. */
const others = [
  'power cable',
  'display',
  'rubber foot',
  'lamp',
  'handle',
  'name plate',
  'hour counter',
  'side panel',
];

function makeManual(procedure, machine, index) {
  const random = chooser('manuals', 'manual', index);
  const used = new Set();
  const once = (make) => {
    for (;;) {
      const value = make();
      if (!used.has(value) && used.add(value)) return value;
    }
  };
  const spare = random.shuffle(others).slice(0, 2);
  const numbers = [...procedure.parts, ...spare].map((part) => [
    part,
    once(() => partNumber(machine.form, random)),
  ]);
  const values = Object.fromEntries(procedure.slots.map((slot) => [slot, once(() => draw[slot](random))]));
  const [p1, p2] = procedure.parts;
  const slots = { ...values, p1, p2, P1: numbers[0].join(' '), P2: numbers[1].join(' ') };
  const warning = fill(procedure.warning, slots);
  const steps = procedure.steps.map((ways) => fill(random.pick(ways), slots));
  const head = random.pick([
    'Maintenance of the {machine} {model}. The machine {does}.',
    '{model}: maintenance manual. The {model} is a {machine} that {does}.',
    'Service instructions for {model}, a {machine} that {does}.',
  ]);
  const list = random
    .shuffle(numbers)
    .map((entry) => entry.join(' '))
    .join('; ');
  const parts = `${random.pick(['Parts', 'Spare parts', 'To order'])}: ${list}.`;
  const signal = random.pick(['WARNING', 'CAUTION', 'DANGER']);
  const work = [procedure.title, `${signal}: ${warning}`, ...steps.map((step, i) => `${i + 1}. ${step}`)];
  const context = [fill(head, machine), ...(random.integer(2) === 0 ? [parts, ...work] : [...work, parts])];
  return {
    ...procedure,
    machine,
    spare,
    numbers,
    values,
    warning,
    steps,
    context: context.join('\n'),
    random,
  };
}

const declining = 'The manual does not say.';
const untold = [
  'How often does this have to be done?',
  'Who may do this work?',
  'How much does the {machine} weigh?',
  'How long is the warranty of the {model}?',
  'Which oil brand does the maker recommend?',
  'In which year was the {model} built?',
  'How loud is the {machine}?',
  'At which voltage does the {machine} run?',
];
const small = (title) => title[0].toLowerCase() + title.slice(1);

function questionsOf({ machine, title, warning, steps, spare, numbers, slots, values, random }) {
  const ask = (templates, more) => fill(random.pick(templates), { ...machine, ...more });
  const what = small(title);
  const asked = [];
  const places = random.shuffle(steps.slice(0, -1).map((_, i) => i)).slice(0, 2);
  for (const at of places) {
    asked.push([
      'next_step',
      ask(
        [
          'What comes directly after this step: "{bare}"?',
          'I am {what} and have done this: "{bare}". What is next?',
          'Which step follows "{bare}"?',
          'When {what}, I have just finished step {n}. What do I do now?',
        ],
        { bare: steps[at].replace(/\.$/, ''), what, n: at + 1 },
      ),
      steps[at + 1],
    ]);
  }
  const from = random.integer(steps.length - 2);
  const [question, wanted] = random.pick([
    [`List the first three steps of ${what}, in order.`, steps.slice(0, 3)],
    [`Which three steps of ${what} come last? List them in order.`, steps.slice(-3)],
    [`List steps ${from + 1} to ${from + 3} of ${what}.`, steps.slice(from, from + 3)],
  ]);
  asked.push(['steps_in_order', question, wanted.map((step, i) => `${i + 1}. ${step}`).join('\n')]);
  for (const [part, number] of random.shuffle(numbers).slice(0, 2)) {
    asked.push([
      'part_number',
      ask(
        [
          'Which part number has the {part}?',
          'Give the part number of the {part}.',
          'I need a new {part}. What do I order?',
          '{part} for the {model}: which number?',
        ],
        { part },
      ),
      number,
    ]);
  }
  const slot = random.pick(slots);
  asked.push([
    'value',
    ask(
      [
        'Which {name} is given for {what}?',
        'What is the {name} when {what}?',
        'Give the {name} for {what}, with its unit.',
      ],
      { name: slotNames[slot], what },
    ),
    values[slot],
  ]);
  const number = random.integer(steps.length);
  asked.push(
    random.pick([
      [
        'warning',
        ask(
          [
            'What does the manual warn of when {what}?',
            'Which danger is there in {what}?',
            'Give the warning for {what}.',
          ],
          { what },
        ),
        warning,
      ],
      [
        'step',
        ask(['What is step {n} of {what}?', '{what}, step {n}: what is to be done?'], {
          n: number + 1,
          what,
        }),
        steps[number],
      ],
    ]),
  );
  const absent = random.pick([
    ...others.filter((part) => !spare.includes(part)),
    ...procedures.flatMap(({ parts }) => parts).filter((part) => !numbers.some(([one]) => one === part)),
  ]);
  asked.push(
    ['unanswerable', fill(random.pick(untold), machine), declining],
    [
      'unanswerable',
      ask(['Which part number has the {part}?', 'Give the part number of the {part}.'], { part: absent }),
      declining,
    ],
  );
  return asked;
}

const forTraining = dealer(machines.slice(0, firstOfBenchmark), 'manuals', 'machines');
const forBenchmark = dealer(machines.slice(firstOfBenchmark), 'manuals', 'benchmark machines');
const slug = (title) =>
  title
    .toLowerCase()
    .replace(/^\w+ the /, '')
    .replaceAll(' ', '-');

// Two machines share a procedure, and with it the group: a step of the test split is seen in no other.
const records = procedures
  .flatMap((procedure, place) =>
    [0, 1].map((copy) => {
      const machine = procedure.benchmark ? forBenchmark() : forTraining();
      const manual = makeManual(procedure, machine, 2 * place + copy);
      const group = slug(procedure.title);
      return questionsOf(manual).map(([task, question, answer], number) => ({
        id: `${group}-${copy + 1}-${number + 1}`,
        group,
        task,
        context: manual.context,
        question,
        answer,
        benchmark: procedure.benchmark,
      }));
    }),
  )
  .flat();
const part = (wanted) =>
  records.filter(({ benchmark }) => benchmark === wanted).map(({ benchmark: _, ...record }) => record);
writeData(import.meta.url, { 'manuals.jsonl': part(false), 'benchmark.jsonl': part(true) });

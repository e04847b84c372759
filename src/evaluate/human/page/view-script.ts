/**
 * Part of the rating page's script: what is seen.
 * @module
 */

/** Source of this part. */
export const viewScript = `
let study;
let total = 0;
let decided = new Set();
let typical = null;
let spent = 0;
let shown = null;
let active = 0;
// Seconds that the current item was in sight.
let since = 0;
let before = 0;
const inSight = () => before + (document.hidden ? 0 : (performance.now() - since) / 1000);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) before += (performance.now() - since) / 1000;
  since = performance.now();
});

const choices = [['left', '1', 'A is better'], ['right', '2', 'B is better'], ['equal', '3', 'Equally good'], ['both_bad', '4', 'Both bad']];
const say = (text) => { $('spoken').textContent = text; };
const words = (name) => name.replaceAll('_', ' ');
const duration = (seconds) => seconds < 90 ? Math.max(1, Math.round(seconds)) + ' s' : seconds < 5400 ? Math.round(seconds / 60) + ' min' : (seconds / 3600).toFixed(1) + ' h';
const decisions = (count) => count === 1 ? '1 decision' : count + ' decisions';

const only = (id) => {
  for (const part of ['start', 'work', 'finish', 'trouble']) $(part).hidden = part !== id;
  $('dock').hidden = id !== 'work';
  scrollTo(0, 0);
};
const stop = (title, text) => {
  $('trouble-title').textContent = title;
  $('trouble-what').textContent = text;
  only('trouble');
  $('trouble-title').focus();
};

const showProgress = () => {
  const open = total - decided.size;
  const left = typical === null || open === 0 ? '' : ' · about ' + duration(typical * open) + ' left';
  $('count').textContent = decided.size + ' of ' + total + left;
  $('bar').style.width = (total === 0 ? 100 : 100 * decided.size / total) + '%';
  $('bar').setAttribute('aria-valuemax', total);
  $('bar').setAttribute('aria-valuenow', decided.size);
};

// A table of a prompt has its cells between bars; it is shown as a table, everything else as paragraphs of text.
const isRow = (line) => line.split('|').length > 2 || line.split(' | ').length === 2;
const isRule = (line) => [...line].every((character) => '|-: '.includes(character));
const cells = (line) => {
  const parts = line.trim().split('|').map((cell) => cell.trim());
  if (parts[0] === '') parts.shift();
  if (parts.at(-1) === '') parts.pop();
  return parts;
};
const isFigure = (text) => text !== '' && [...text].filter((character) => '0123456789'.includes(character)).length * 2 >= text.length;
const rowOf = (name, texts) => element('tr', '', ...texts.map((text, place) => element(name, place > 0 && (name === 'th' || isFigure(text)) ? 'figure' : '', text)));
// Attune writes the label of the column before each figure; where it is the same in every row, it becomes the heading.
const pulledUp = (rows) => {
  const labels = rows[0].map((text) => text.slice(0, Math.max(0, text.lastIndexOf(' '))));
  const fits = rows.length > 1 && labels.slice(1).every((label) => label) && rows.every((row) => row.length === labels.length
    && row.slice(1).every((text, index) => text.slice(0, Math.max(0, text.lastIndexOf(' '))) === labels[index + 1]));
  return fits ? ['', ...labels.slice(1)] : undefined;
};
const table = (lines) => {
  const ruled = lines.length > 1 && isRule(lines[1]);
  const written = lines.filter((line) => !isRule(line));
  const rows = written.map((line) => isRow(line) ? cells(line) : line.trim());
  const labels = ruled ? undefined : pulledUp(rows.filter(Array.isArray));
  const head = ruled ? rows.shift() : labels;
  const width = Math.max(1, ...rows.filter(Array.isArray).map((row) => row.length));
  const body = element('tbody', '');
  for (const row of rows) {
    if (Array.isArray(row)) body.append(rowOf('td', labels ? row.map((text, place) => place > 0 ? text.slice(labels[place].length + 1) : text) : row));
    else {
      const heading = element('td', 'heading', row);
      heading.colSpan = width;
      body.append(element('tr', '', heading));
    }
  }
  return element('table', '', ...(head ? [element('thead', '', rowOf('th', head))] : []), body);
};
const prose = (text) => {
  const nodes = [];
  let lines = [];
  let rows = false;
  const flush = () => {
    if (rows && lines.length > 1) nodes.push(table(lines));
    else if (lines.join('').trim() !== '') nodes.push(element('p', '', lines.join('\\n').trim()));
    lines = [];
  };
  const all = text.split('\\n');
  all.forEach((line, index) => {
    const section = line.trim().endsWith(':') && index + 1 < all.length && isRow(all[index + 1]);
    const row = isRow(line) || section;
    if (row !== rows) { flush(); rows = row; }
    lines.push(line);
  });
  flush();
  return nodes;
};

const answerCard = (text, place, count) => {
  const letter = 'AB'[place];
  const title = count > 1 ? element('h2', '', element('b', '', letter), 'Answer') : element('h2', '', 'Answer');
  const card = element('article', 'answer', title, element('p', text.trim() ? 'said' : 'said empty', text.trim() ? text : 'The system gave no text.'));
  card.setAttribute('aria-label', count > 1 ? 'Answer ' + letter : 'Answer');
  return card;
};

const mark = (choice) => {
  for (const button of $('choices').children) button.setAttribute('aria-pressed', String(button.dataset.choice === choice));
  [...$('answers').children].forEach((card, place) => {
    card.classList.toggle('chosen', choice === ['left', 'right'][place]);
    card.classList.toggle('both', choice === 'equal' || choice === 'both_bad');
  });
};

const fieldsets = () => [...$('rubric').children];
const activate = (place, focus) => {
  active = Math.max(0, Math.min(place, study.criteria.length));
  fieldsets().forEach((set, index) => set.classList.toggle('active', index === active));
  if (!focus) return;
  const set = fieldsets()[active];
  const target = set ? set.querySelector('input:checked') || set.querySelector('input') : $('choices').firstChild;
  target.focus({ preventScroll: true });
  (set || target).scrollIntoView({ block: 'nearest' });
};
const scores = () => {
  const given = {};
  for (const { name } of study.criteria) {
    const input = $('rubric').querySelector('input[name="' + name + '"]:checked');
    if (input) given[name] = Number(input.value);
  }
  return given;
};
const allScored = () => Object.keys(scores()).length === study.criteria.length;
const showScored = () => { $('choices').firstChild.disabled = !allScored(); };

const rubric = (given) => {
  $('rubric').replaceChildren(...study.criteria.map(({ name, description, scale }, place) => {
    const line = element('div', 'scores');
    for (let value = 1; value <= scale; value++) {
      const input = element('input', '');
      Object.assign(input, { type: 'radio', name, value, checked: Object.hasOwn(given, name) && given[name] === value });
      line.append(element('label', '', input, element('span', '', String(value))));
    }
    const set = element('fieldset', '', element('legend', '', words(name)), element('p', '', description), line);
    set.addEventListener('focusin', () => activate(place, false));
    return set;
  }));
  const open = study.criteria.findIndex(({ name }) => !Object.hasOwn(given, name));
  activate(open < 0 ? study.criteria.length : open, false);
  showScored();
};

const showItem = (current) => {
  shown = current;
  before = 0;
  since = performance.now();
  const { index, task, question, context, answers } = current;
  const queued = waiting.findLast((entry) => entry.index === index);
  const old = queued ? queued.body : current.decided;
  current.decided = old;
  $('place').textContent = (index + 1) + ' of ' + total;
  $('task').textContent = words(task);
  $('before').hidden = !old;
  $('question').textContent = question;
  $('context').hidden = context.length === 0;
  $('context').open = recall('context') !== false;
  const several = context.length > 1 || (context[0] && context[0].title !== 'Context');
  $('context-body').replaceChildren(...context.flatMap(({ title, text }) => [...(several ? [element('h2', '', title)] : []), ...prose(text)]));
  $('context-body').scrollTop = 0;
  $('answers').replaceChildren(...answers.map((text, place) => answerCard(text, place, answers.length)));
  $('comment').value = old ? old.comment : '';
  $('comment-part').hidden = $('comment').value === '';
  $('back').disabled = index === 0;
  if (study.form === 'pairwise') mark(old && old.choice);
  else rubric(old ? old.scores : {});
  only('work');
  $('question').focus({ preventScroll: true });
  say((index + 1) + ' of ' + total + (old ? ', decided before' : ''));
};

const go = async (index) => {
  try {
    showItem(await item(index));
    for (let next = index + 1; next < Math.min(index + 4, total); next++) item(next).catch(() => {});
  } catch (error) {
    if (error.status === 403) return stop('This link no longer works', 'Ask whoever sent it to you for a new one.');
    stop('The next item can not be fetched', 'Attune does not answer. This page tries again by itself; what you decided is kept.');
    setTimeout(() => { if (!$('trouble').hidden) go(index); }, 3000);
  }
};

const firstOpen = (from) => {
  for (let step = 0; step < total; step++) if (!decided.has((from + step) % total)) return (from + step) % total;
  return -1;
};
const goOn = (from) => {
  const next = firstOpen(from);
  if (next >= 0) return go(next);
  shown = null;
  const facts = [['Decisions', String(total)], ['Time', spent > 0 ? duration(spent) : '']];
  $('finish-title').textContent = 'All done. Thank you, ' + study.rater + '.';
  $('finish-what').textContent = total === 0 ? 'There is nothing for you to decide in this study.' : 'Every decision is made. You may close this page, or go back and change one.';
  $('finish-facts').replaceChildren(...facts.filter(([, value]) => value).map(([name, value]) => element('div', '', element('dt', '', name), element('dd', '', value))));
  $('review').hidden = total === 0;
  only('finish');
  $('finish-title').focus();
};

const open = async () => {
  try {
    study = await ask('study');
  } catch (error) {
    stop('Attune does not answer', 'This page tries again by itself.');
    setTimeout(open, 3000);
    return;
  }
  const { progress } = study;
  total = progress.total;
  typical = progress.typical_seconds;
  spent = progress.seconds;
  decided = new Set([...progress.decided, ...waiting.map(({ index }) => index)]);
  $('study').textContent = study.study;
  $('rater').textContent = study.rater;
  document.title = study.study + ' · ' + study.rater + ' · Attune rating';
  for (const entry of document.querySelectorAll('.keys [data-form]')) entry.hidden = ![study.form, 'all'].includes(entry.dataset.form);
  const buttons = study.form === 'pairwise' ? choices : [['save', 'Enter', 'Save and go on']];
  $('choices').replaceChildren(...buttons.map(([choice, key, text]) => {
    const button = element('button', choice === 'save' ? 'primary' : '', element('kbd', '', key), ' ' + text);
    button.type = 'button';
    button.dataset.choice = choice;
    button.setAttribute('aria-keyshortcuts', key);
    button.addEventListener('click', () => choice === 'save' ? saveScores() : decide({ choice }));
    return button;
  }));
  if (study.form === 'rubric') {
    $('work').className = 'with-rubric';
    $('rubric').hidden = false;
  }
  showProgress();
  send();
  if (decided.size > 0 || total === 0) return goOn(0);
  $('start-title').textContent = study.form === 'pairwise' ? 'Which answer is better?' : 'How good is the answer?';
  $('start-what').textContent = (study.form === 'pairwise'
    ? 'You will see a question and two answers, and decide which one you would rather have. Which system wrote which is hidden, and the sides change at random. '
    : 'You will see a question and an answer, and score it. Which system wrote it is hidden. ')
    + 'There are ' + decisions(total) + ' to make. Each is saved at once, so you can stop and go on at any time.';
  $('instructions').textContent = study.instructions;
  $('start-criteria').replaceChildren(...study.criteria.flatMap(({ name, description }) => [element('dt', '', words(name)), element('dd', '', description)]));
  only('start');
  $('begin').focus({ preventScroll: true });
};
`;

/**
 * The page's script: filters and shows the answers. It builds every node from text, never from markup.
 * @module
 */

/** Source of the script, without dependencies. */
export const script = `
'use strict';
const pageSize = 25;
const element = (name, className, ...children) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
};
const answerCell = (title, tag, { text, value, right, stopped, scores, ungrounded }) => {
  const cell = element('div', 'answer');
  const head = element('p', 'who', element('span', tag, title));
  if (right !== undefined) head.append(element('span', right ? 'mark right' : 'mark wrong', right ? 'right' : 'wrong'));
  cell.append(head, element('p', text ? 'said' : 'said empty', text || 'no text'));
  if (value !== undefined) cell.append(element('p', 'value', value));
  if (ungrounded) cell.append(element('p', 'ungrounded', 'in no text given: ' + ungrounded.join(', ')));
  if (scores) cell.append(element('p', 'value', scores));
  if (stopped === false) cell.append(element('p', 'cut', 'cut off at the length limit'));
  return cell;
};
const card = (item, { systems, contexts }) => {
  const node = element('article', 'item');
  node.append(element('p', 'task', element('span', 'kind', item.task), element('span', 'id', item.id)));
  node.append(element('h3', '', item.question));
  if (item.context >= 0) {
    const details = element('details', '', element('summary', '', 'What the question is about'));
    details.append(element('pre', 'scroll', contexts[item.context]));
    node.append(details);
  }
  const cells = element('div', 'cells', answerCell('reference', 'system plain', item.reference));
  item.answers.forEach((answer, place) => {
    const tag = 'system series-' + Math.min(systems.length - 1 - place, 3);
    cells.append(answer ? answerCell(systems[place], tag, answer) : answerCell(systems[place], tag, { text: '' }));
  });
  node.append(cells);
  return node;
};
const outcomes = { fixed: 'Fixed', broken: 'Broken', bothRight: 'Both right', bothWrong: 'Both wrong', right: 'Right', wrong: 'Wrong', open: 'Not scored' };
const outcomeOf = (item, candidate, baseline) => {
  const to = item.answers[candidate];
  const from = baseline === candidate ? undefined : item.answers[baseline];
  if (!to || to.right === undefined) return 'open';
  if (!from || from.right === undefined) return to.right ? 'right' : 'wrong';
  if (to.right) return from.right ? 'bothRight' : 'fixed';
  return from.right ? 'broken' : 'bothWrong';
};
for (const root of document.querySelectorAll('.answers')) {
  const data = JSON.parse(document.getElementById(root.dataset.answers).textContent);
  const list = root.querySelector('.items');
  const more = root.querySelector('.more');
  const status = root.querySelector('.shown');
  const group = root.querySelector('.outcomes');
  const task = root.querySelector('[data-task]');
  const search = root.querySelector('[data-search]');
  const from = root.querySelector('[data-baseline]');
  const to = root.querySelector('[data-candidate]');
  const textOf = (item) => [item.id, item.question, item.reference.text, ...item.answers.map((answer) => answer ? answer.text : '')].join('\\n').toLowerCase();
  const texts = data.items.map(textOf);
  let outcome = '';
  let chosen = [];
  let count = 0;
  const showMore = () => {
    list.append(...chosen.slice(count, count + pageSize).map((item) => card(item, data)));
    count = Math.min(count + pageSize, chosen.length);
    more.hidden = count >= chosen.length;
    status.textContent = chosen.length === 0 ? 'No item fits.' : count + ' of ' + chosen.length + ' items';
  };
  const choose = () => {
    const candidate = to ? Number(to.value) : data.systems.length - 1;
    const baseline = from ? Number(from.value) : candidate;
    const wanted = search.value.trim().toLowerCase();
    const fitting = data.items
      .filter((item, place) => (!task.value || item.task === task.value) && (!wanted || texts[place].includes(wanted)))
      .map((item) => ({ item, outcome: outcomeOf(item, candidate, baseline) }));
    const counts = {};
    for (const one of fitting) counts[one.outcome] = (counts[one.outcome] || 0) + 1;
    if (!counts[outcome]) outcome = '';
    const button = (key, name, number) => {
      const node = element('button', '', name + ' ', element('b', '', String(number)));
      node.type = 'button';
      node.dataset.outcome = key;
      node.setAttribute('aria-pressed', String(key === outcome));
      node.addEventListener('click', () => {
        outcome = key;
        choose();
        group.querySelector('[aria-pressed="true"]').focus();
      });
      return node;
    };
    group.replaceChildren(
      button('', 'All', fitting.length),
      ...Object.keys(outcomes).filter((key) => counts[key]).map((key) => button(key, outcomes[key], counts[key])),
    );
    chosen = fitting.filter((one) => !outcome || one.outcome === outcome).map((one) => one.item);
    count = 0;
    list.replaceChildren();
    showMore();
  };
  for (const control of [task, from, to]) control?.addEventListener('change', choose);
  search.addEventListener('input', choose);
  more.addEventListener('click', showMore);
  choose();
}
`;

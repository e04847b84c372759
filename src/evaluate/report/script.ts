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
const answerCell = (title, tag, { text, value, right, stopped }) => {
  const cell = element('div', 'answer');
  const head = element('p', 'who', element('span', tag, title));
  if (right !== undefined) head.append(element('span', right ? 'mark right' : 'mark wrong', right ? 'right' : 'wrong'));
  cell.append(head, element('p', text ? 'said' : 'said empty', text || 'no text'));
  if (value !== undefined) cell.append(element('p', 'value', value));
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
for (const root of document.querySelectorAll('.answers')) {
  const data = JSON.parse(document.getElementById(root.dataset.answers).textContent);
  const list = root.querySelector('.items');
  const more = root.querySelector('.more');
  const status = root.querySelector('.shown');
  const buttons = [...root.querySelectorAll('[data-outcome]')];
  const task = root.querySelector('[data-task]');
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
    chosen = data.items.filter((item) => (!outcome || item.outcome === outcome) && (!task.value || item.task === task.value));
    count = 0;
    list.replaceChildren();
    showMore();
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      outcome = button.dataset.outcome;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      choose();
    });
  }
  task.addEventListener('change', choose);
  more.addEventListener('click', showMore);
  choose();
}
`;

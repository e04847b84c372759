/**
 * Part of the rating page's script: deciding, and the keys.
 * @module
 */

/** Source of this part. */
export const keyboardScript = `
let leaving = false;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Keeps a decision and goes on; the mark is seen for a moment first.
const decide = (what) => {
  if (!shown || leaving) return;
  const { index, decided: old } = shown;
  const comment = $('comment').value.trim();
  const seconds = inSight();
  if (!old || !same({ choice: old.choice, scores: old.scores }, { choice: what.choice, scores: what.scores }) || old.comment !== comment) {
    shown.decided = { ...what, comment };
    keep(index, { ...what, comment, seconds });
    if (!decided.has(index)) {
      decided.add(index);
      spent += seconds;
      typical = typical === null ? seconds : typical + (seconds - typical) / Math.min(decided.size, 20);
    }
  }
  if (what.choice) mark(what.choice);
  showProgress();
  leaving = true;
  setTimeout(() => { leaving = false; goOn(index + 1); }, 140);
};

// A comment on what was decided before is kept without deciding anew.
const keepComment = () => {
  const old = shown && shown.decided;
  const comment = $('comment').value.trim();
  if (!old || leaving || old.comment === comment) return;
  shown.decided = { ...old, comment };
  keep(shown.index, { ...shown.decided, seconds: inSight() });
};

const saveScores = () => { if (allScored()) decide({ scores: scores() }); };
const score = (value) => {
  const criterion = study.criteria[active];
  if (!criterion || value > criterion.scale) return;
  fieldsets()[active].querySelector('input[value="' + value + '"]').checked = true;
  showScored();
  say(words(criterion.name) + ' ' + value);
  activate(active + 1, true);
};
const back = () => {
  if (!$('finish').hidden) return go(total - 1);
  if (shown && !leaving && shown.index > 0) { keepComment(); go(shown.index - 1); }
};
const next = () => {
  if (!shown || leaving) return;
  keepComment();
  if (shown.index + 1 < total) go(shown.index + 1);
  else goOn(0);
};
const comment = () => {
  $('comment-part').hidden = false;
  $('comment').focus();
  $('comment').scrollIntoView({ block: 'center' });
};
const begin = () => goOn(0);

$('begin').addEventListener('click', begin);
$('back').addEventListener('click', back);
$('next').addEventListener('click', next);
$('review').addEventListener('click', back);
$('comment-open').addEventListener('click', comment);
$('comment').addEventListener('blur', keepComment);
$('help-open').addEventListener('click', () => $('help').showModal());
$('rubric').addEventListener('change', showScored);
$('rubric').addEventListener('submit', (event) => event.preventDefault());
$('context').addEventListener('toggle', () => remember('context', $('context').open));

const pairwiseKeys = { 1: 'left', ArrowLeft: 'left', 2: 'right', ArrowRight: 'right', 3: 'equal', '=': 'equal', 4: 'both_bad', x: 'both_bad' };
const workKey = (key) => {
  if (study.form === 'pairwise' && Object.hasOwn(pairwiseKeys, key)) return () => decide({ choice: pairwiseKeys[key] });
  if (study.form === 'rubric') {
    if (key >= '1' && key <= '9') return () => score(Number(key));
    if (key === 'ArrowUp') return () => activate(active - 1, true);
    if (key === 'ArrowDown') return () => activate(active + 1, true);
    if (key === 'Enter') return saveScores;
  }
  return { u: back, Backspace: back, n: next, c: comment, o: () => { $('context').open = !$('context').open; } }[key];
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || $('help').open || !study) return;
  const { target } = event;
  if (target === $('comment')) {
    if (event.key === 'Escape') { target.blur(); $('question').focus({ preventScroll: true }); }
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Arrows scroll a context that has the focus, and Enter presses a button that has it.
  if (key.startsWith('Arrow') && target.closest('#context')) return;
  if (key === 'Enter' && target.closest('button, summary')) return;
  let act;
  if (key === '?') act = () => $('help').showModal();
  else if (!$('start').hidden) act = key === 'Enter' ? begin : undefined;
  else if (!$('work').hidden) act = workKey(key);
  else if (!$('finish').hidden && (key === 'u' || key === 'Backspace')) act = back;
  if (!act) return;
  event.preventDefault();
  act();
});
`;

/**
 * The rating page: a frame without any text of a study; the script fills it.
 * @module
 */
import { html } from '../../../page/html.js';

const keys: [keys: string[], what: string, form?: string][] = [
  [['1', '←'], 'A is better', 'pairwise'],
  [['2', '→'], 'B is better', 'pairwise'],
  [['3', '='], 'equally good', 'pairwise'],
  [['4', 'X'], 'both bad', 'pairwise'],
  [['1', '…', '9'], 'score the marked criterion', 'rubric'],
  [['↑', '↓'], 'criterion before or after', 'rubric'],
  [['Enter'], 'save the scores and go on', 'rubric'],
  [['U', 'Backspace'], 'back, to look at a decision or change it'],
  [['N'], 'next, without deciding'],
  [['C'], 'write a comment; Esc leaves it'],
  [['O'], 'open or fold the context'],
  [['?'], 'these keys'],
];

/** The page, the same for every rater and study. */
export const ratingPage = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Attune rating</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script src="script.js" defer></script>
</head>
<body>
<div class="track"><div id="bar" role="progressbar" aria-label="Decided" aria-valuemin="0" aria-valuenow="0"></div></div>
<header class="masthead">
<p class="study"><b id="study"></b><span id="rater"></span></p>
<p class="state"><span id="saved" role="status"></span><span id="count"></span><button type="button" id="help-open" class="quiet" aria-haspopup="dialog"><kbd>?</kbd> <span>Keys</span></button></p>
</header>
<main id="main">
<noscript><p class="note">This page needs JavaScript.</p></noscript>
<div id="start" class="panel" role="region" hidden aria-labelledby="start-title">
<h1 id="start-title" tabindex="-1"></h1>
<p id="start-what" class="lead"></p>
<p class="by-keys lead">Every decision has a key; <kbd>?</kbd> shows them all.</p>
<p id="instructions" class="instructions"></p>
<dl id="start-criteria" class="criteria-list"></dl>
<button type="button" id="begin" class="primary">Begin <kbd>Enter</kbd></button>
</div>
<article id="work" hidden aria-labelledby="question">
<p class="kicker"><span id="place"></span><span id="task"></span><span id="before" hidden>decided before</span></p>
<h1 id="question" tabindex="-1"></h1>
<details id="context" open><summary>Context <kbd>O</kbd></summary><div id="context-body" class="context-body" tabindex="0" role="region" aria-label="Context"></div></details>
<div id="answers" class="answers"></div>
<form id="rubric" class="rubric" hidden aria-label="Scores"></form>
<div class="comment" id="comment-part" hidden><label for="comment">Comment <span>optional; why you decided so</span></label><textarea id="comment" rows="2" maxlength="4000"></textarea></div>
</article>
<div id="finish" class="panel" role="region" hidden aria-labelledby="finish-title">
<p class="tick" aria-hidden="true"></p>
<h1 id="finish-title" tabindex="-1"></h1>
<p id="finish-what" class="lead"></p>
<dl id="finish-facts" class="facts"></dl>
<button type="button" id="review">Look through the decisions <kbd>U</kbd></button>
</div>
<div id="trouble" class="panel" role="region" hidden aria-labelledby="trouble-title"><h1 id="trouble-title" tabindex="-1"></h1><p id="trouble-what" class="lead"></p></div>
</main>
<footer id="dock" class="dock" hidden>
<div class="dock-in">
<div><button type="button" id="back" class="quiet" aria-keyshortcuts="u Backspace"><kbd>U</kbd> <span>Back</span></button><button type="button" id="next" class="quiet" aria-keyshortcuts="n"><kbd>N</kbd> <span>Next</span></button></div>
<div id="choices" class="choices" role="group" aria-label="Your decision"></div>
<button type="button" id="comment-open" class="quiet" aria-keyshortcuts="c" aria-controls="comment-part"><kbd>C</kbd> <span>Comment</span></button>
</div>
</footer>
<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Keys</h2>
<dl class="keys">${keys.map(
  ([names, what, form]) =>
    html`<div data-form="${form ?? 'all'}"><dt>${names.map((name) => (name === '…' ? html` … ` : html`<kbd>${name}</kbd> `))}</dt><dd>${what}</dd></div>`,
)}</dl>
<form method="dialog"><button class="primary">Close <kbd>Esc</kbd></button></form>
</dialog>
<p id="spoken" class="unseen" role="status" aria-live="polite"></p>
</body>
</html>
`.markup;

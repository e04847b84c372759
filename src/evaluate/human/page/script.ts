/**
 * The rating page's script, from its parts. It builds every node from text, never from markup.
 * @module
 */
import { keyboardScript } from './keyboard-script.js';
import { savingScript } from './saving-script.js';
import { viewScript } from './view-script.js';

/** Source of the script, without dependencies. */
export const pageScript = `'use strict';
(() => {
const $ = (id) => document.getElementById(id);
const element = (name, className, ...children) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
};
${savingScript}
${viewScript}
${keyboardScript}
open();
})();
`;

/**
 * Plain text for continued pre-training.
 * @module
 */
import type { RecordFormat } from './format.js';

const names = ['text', 'content'];

export const textFormat: RecordFormat = {
  name: 'text',
  fields: '`text`',
  needs: [{ role: 'text', names }],
  also: [],
  read: (record) => ({ text: record.text(...names) }),
};

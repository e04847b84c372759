/**
 * Items for tests of cleaning, and text in many languages that cleaning has to leave alone.
 * @module
 */
import type { Block } from '../document.js';
import type { Message } from '../example.js';
import type { Item } from '../item.js';
import { windowsCharacters } from './windows-1252.js';

const frame = {
  task: 'text',
  group: 'g',
  source: 'test',
  licence: 'CC0-1.0',
  origin: { file: 'f' },
  steps: [],
};

export const textItem = (text: string, id = 't'): Item => ({ ...frame, id, text });
export const documentItem = (blocks: Block[], id = 'd'): Item => ({ ...frame, id, blocks });
export const chatItem = (messages: Message[], id = 'c'): Item => ({ ...frame, id, task: 'chat', messages });

/** Sentences with the letters and signs that each language uses, written for these tests. */
export const cleanTexts: string[] = [
  'The café’s naïve façade cost £5 — “really”, he said… 3 × 4 ± 0.5 °C, §12, ½ cup, 10 µm, ©2023 Attune™.',
  'Voilà « été » payé 5 €, coté\u00a0£ 3, à\u00a0€ 4. « Â » est une lettre ; Œuvre, cœur, ÎLE, FORÊT… GÂTEAU®.',
  'Größe, Äpfel, Übung, STRAẞE – „Zitat“ ›eins‹ »zwei«, Öl: 5 ‰.',
  'São as manhãs; AMANHÃ… “IRMÔ, NÃO, MAÇÃ® e “MANHÃ” — coração, ª, º, 3º.',
  'El niño ¿qué? ¡Año! ESPAÑA… «PEÑA», ESPAÑ”',
  'Årsrapport: Å… nej, Ø±0,5 og ÆØÅ; blåbær, smörgås, Åland, “Å” och “Ä”.',
  'Žluťoučký kůň, Úžasný ŠKODA, Řeka; Ďáblice, Ľudovít Štúr, ŽÍŽALA.',
  'Zażółć gęślą jaźń, ŁÓDŹ „cytat” – źdźbło.',
  'İstanbul, ğüşıöç, IĞDIR; Şişli.',
  'Привет, мир: «цитата» — №5, ёлка.',
  'Γειά σου Κόσμε· «ΕΛΛΆΔΑ».',
  'שלום עולם – 5 ₪',
  'مرحبا بالعالم، می‌خواهم؛ ٪۵',
  'नमस्ते दुनिया क्‍ष ₹5',
  '你好，世界。“引号”……《书》',
  'こんにちは「世界」。カタカナ・ー',
  '안녕하세요 세계',
  'สวัสดีชาวโลก',
  'Tiếng Việt: Ôi, ĐẠI HỌC, Âu Lạc, ÂM, ÃO; “Ấn Độ”.',
  'Eesti: Õ, ÄÖÜ, ŠŽ; Latviešu: ĀĒĪ; Lietuvių: ĄČĘ; Română: ÎN ȚARĂ „ÎNTÂI” SÂ».',
  'Emoji: 👩‍💻 👨‍👩‍👧 ❤️ 🏳️‍🌈 ok.',
];

/** Text as a program gives it that takes UTF-8 for Windows-1252 (or Latin-1). */
export function misread(text: string, latin1 = false): string {
  const read = Buffer.from(text).toString('latin1');
  return latin1 ? read : read.replace(/[\u0080-\u009f]/g, (c) => windowsCharacters[c.charCodeAt(0) - 128]!);
}

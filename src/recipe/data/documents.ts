/**
 * Settings of a source of documents.
 * @module
 */
import { z } from 'zod';
import { documentPairsSchema } from './document-pairs.js';

/** What can be made from documents. */
const documentProducts = ['text', 'pairs'] as const;

/** A file, folder or pattern of documents. */
export const documentsSchema = z
  .strictObject({
    type: z
      .literal('documents')
      .describe('Documents, from which passages and instruction/response pairs are made.'),
    path: z
      .string()
      .min(1)
      .describe(
        'File, folder or pattern (`reports/**/*.pdf`), relative to the recipe: PDF, HTML, DOCX, XLSX, Markdown and text; files of records among them are read as records.',
      ),
    licence: z.string().min(1).default('unknown').describe('Licence of the documents.'),
    group_by: z
      .enum(['file', 'folder'])
      .default('file')
      .describe(
        'What belongs together and never stands in two splits: each file, or all files of a folder (one for each company or patient).',
      ),
    make: z
      .array(z.enum(documentProducts))
      .min(1)
      .default([...documentProducts])
      .describe(
        '`text`: passages for continued pre-training. `pairs`: questions with answers, made by rules.',
      ),
    pairs: documentPairsSchema.prefault({}).describe('Passages, and the pairs that are made from them.'),
  })
  .describe('Passages and pairs made from documents.');

/** A source of documents, every default filled in. */
export type DocumentsSource = z.output<typeof documentsSchema>;

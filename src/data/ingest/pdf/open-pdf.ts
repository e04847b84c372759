/**
 * Opens a PDF with pdf.js without a worker and without the network, and says in plain words why one can't be opened.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getDocument, type PDFDocumentProxy, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { AttuneError } from '../../../errors.js';
import { fileError } from '../../../files.js';

/** The opened document; the caller ends it with `destroy`. */
export async function openPdf(
  file: string,
): Promise<{ pdf: PDFDocumentProxy; destroy: () => Promise<void> }> {
  const bytes = await readFile(file).catch((error) => {
    throw fileError(error, file);
  });
  // The marker may stand behind up to 1024 bytes of something else (PDF 32000-1, implementation note 13).
  if (!bytes.subarray(0, 1024).includes('%PDF-')) {
    throw new AttuneError('is not a PDF, whatever its name says', {
      file,
      fix: 'check the file, or give it the ending of what it is',
    });
  }
  const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const task = getDocument({
    data: new Uint8Array(bytes),
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    standardFontDataUrl: `${join(library, 'standard_fonts')}/`,
    cMapUrl: `${join(library, 'cmaps')}/`,
    cMapPacked: true,
    wasmUrl: `${join(library, 'wasm')}/`,
    iccUrl: `${join(library, 'iccs')}/`,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    return { pdf: await task.promise, destroy: () => task.destroy() };
  } catch (error) {
    await task.destroy();
    throw openError(error, file);
  }
}

function openError(error: unknown, file: string): AttuneError {
  const { name, message } = error as Error;
  if (name === 'PasswordException') {
    return new AttuneError('is protected by a password', {
      file,
      fix: 'open it with its password and save it without one, for example with qpdf --decrypt',
      cause: error,
    });
  }
  return new AttuneError(`is a damaged PDF: ${message}`, {
    file,
    fix: 'get the file again, or repair it, for example by printing it to a new PDF',
    cause: error,
  });
}

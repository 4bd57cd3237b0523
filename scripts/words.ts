// Writes the types of the catalogue's messages: run it after changing locales/en.ftl.
import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { messageTypes } from '../src/words/catalogue.ts';
import { readCatalogue } from '../src/words/words.ts';

const file = new URL('../src/words/messages.ts', import.meta.url);
await writeFile(
  file,
  await format(messageTypes(readCatalogue('en')), { parser: 'typescript', printWidth: 120, singleQuote: true }),
);

// Lays out the mail templates: run it after changing one of templates/mail/*.mjml.
import { writeFile } from 'node:fs/promises';
import { freshLayout, layoutFile } from '../src/editions/layout.ts';

for (const name of ['digest', 'confirm'] as const) await writeFile(layoutFile(name), await freshLayout(name));

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { checkTemplates, createOwnTemplates, ourTemplates } from '../../src/editions/own-templates.ts';
import { TEMPLATES } from '../../src/editions/layout.ts';
import { showSpecimen } from '../../src/editions/specimen.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'own-templates-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let dir: string;
let number = 0;
beforeEach(() => {
  dir = path.join(scratch, String(number++));
  for (const folder of ['mail', 'pages', 'assets']) mkdirSync(path.join(dir, folder), { recursive: true });
});

const ours = (file: string): string => readFileSync(path.join(TEMPLATES, file), 'utf8');
const write = (file: string, text: string): void => writeFileSync(path.join(dir, file), text);
const DIGEST = ours('mail/digest.mjml');
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
/** Our digest with some part of it replaced. */
function changed(from: string, to: string): string {
  expect(DIGEST).toContain(from);
  return DIGEST.replace(from, to);
}

describe('templates of the operator', () => {
  test('may be ours, all of them', async () => {
    const files = await ourTemplates();
    for (const file of files) copyFileSync(path.join(TEMPLATES, file), path.join(dir, file));
    expect(files).toContain('mail/digest.mjml');
    expect(await checkTemplates(dir)).toEqual({ files: expect.arrayContaining(files), faults: [] });
  });

  test('take the place of ours one by one, and the last good state stays when one is broken', async () => {
    const cache = path.join(dir, 'layouts');
    const own = createOwnTemplates(dir, cache);
    await own.refresh();
    const show = () => showSpecimen({ ...DEFAULT_LOOK, ...own.current() }, 'https://papers.example', 'digest');
    expect(await show()).not.toContain('Printed in Kiel');
    write('mail/digest.mjml', changed("<%~ html('digest-asked'", "Printed in Kiel. <%~ html('digest-asked'"));
    await own.refresh();
    const good = own.current();
    expect(await show()).toContain('Printed in Kiel');
    await own.refresh();
    expect(own.current(), 'the same object as long as nothing changed').toBe(good);

    write('mail/digest.mjml', changed('<%= it.dateline %>', '<%= it.dateline'));
    await own.refresh();
    expect(own.faults()).toEqual([expect.stringMatching(/^mail\/digest\.mjml, line \d+: /)]);
    expect(await show()).toContain('Printed in Kiel');

    write('mail/digest.mjml', changed("<%~ html('digest-asked'", "Mended. <%~ html('digest-asked'"));
    await own.refresh();
    expect(own.faults()).toEqual([]);
    expect(await show()).toContain('Mended');
    rmSync(path.join(dir, 'mail/digest.mjml'));
    await own.refresh();
    expect(own.current().layouts).toEqual({});
  });

  test.each([
    ['an unclosed tag', '<%= it.dateline %>', '<%= it.dateline', 'the code in its tags is broken'],
    ['code that is none', '<%= it.dateline %>', '<%= it.dateline) %>', 'the code in its tags is broken'],
    ['a name that there is not', '<%= it.dateline %>', '<%= it.datelines %>', 'misspelt'],
    ['a part of nothing', '<%= it.dateline %>', '<%= it.date.line.name %>', 'Cannot read properties'],
    [
      'an attribute that MJML does not know',
      '<mj-section padding="18px 0 0">',
      '<mj-section padding="18px 0 0" colour="red">',
      'colour',
    ],
    [
      'an element that MJML does not know',
      '<mj-section padding="18px 0 0">',
      '<mj-sektion padding="0"></mj-sektion><mj-section padding="18px 0 0">',
      'mj-sektion',
    ],
    [
      'an element that is not closed',
      '<mj-body width="600px" background-color="#fdfcf9" css-class="page">',
      '<mj-body width="600px"><mj-section>',
      '<mj-section> is not closed',
    ],
  ])('are refused with the line of %s', async (_what, from, to, sentence) => {
    const text = changed(from, to);
    write('mail/digest.mjml', text);
    const { faults } = await checkTemplates(dir);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(sentence);
    expect(faults[0]).toMatch(new RegExp(`^mail/digest\\.mjml, line ${lineOf(text, to)}: `));
  });

  test.each([
    ['<!-- cut: brief -->', 'the mark "<!-- cut: brief -->" is missing'],
    ['<%= it.unsubscribe %>', '"it.unsubscribe" is missing'],
  ])('are refused without what the program needs: %s', async (mark, sentence) => {
    write('mail/digest.mjml', DIGEST.replaceAll(mark, ''));
    const { faults } = await checkTemplates(dir);
    expect(faults.join('\n')).toContain(sentence);
  });

  test('are refused where ours has no such file, and let be where a page includes one', async () => {
    write('mail/letter.mjml', DIGEST);
    write('pages/crest.eta', '<p>A crest</p>');
    expect((await checkTemplates(dir)).faults).toEqual([expect.stringContaining('mail/letter.mjml: there is no')]);
  });

  test('of pages are refused with their line', async () => {
    write('pages/front.eta', '<p>\n<% if (it.edition) { %>\n<%= it.title );\n%>\n<% } %>\n');
    write('pages/layout.eta', '<html></html>');
    const { faults } = await checkTemplates(dir);
    expect(faults).toEqual([
      expect.stringMatching(/^pages\/front\.eta, line [345]: the code in its tags is broken/),
      expect.stringContaining('pages/layout.eta: "it.body" is missing'),
      expect.stringContaining('pages/layout.eta: "it.site.stylesheet" is missing'),
    ]);
  });
});

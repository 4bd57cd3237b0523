import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { templatesCheck, templatesEject, templatesPreview } from '../../src/cli/templates.ts';
import type { Context } from '../../src/cli/context.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/telemetry.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'templates-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function contextOf(env: Record<string, string>, signal = new AbortController().signal) {
  const printed: string[] = [];
  const context: Context = {
    config: loadConfig({ PAPERBOY_DATA: scratch, ...env }),
    configOf: loadConfig,
    log: createLogger('silent'),
    signal,
    print: async (text) => void printed.push(text),
    progress: () => {},
  };
  return { context, printed };
}

describe('paperboy templates', () => {
  test('says that TEMPLATES_DIR is needed', async () => {
    await expect(templatesCheck(contextOf({}).context)).rejects.toThrow(/TEMPLATES_DIR is not set/);
  });

  test('ejects ours, never over what is there, and checks each', async () => {
    const dir = path.join(scratch, 'own');
    const { context, printed } = contextOf({ TEMPLATES_DIR: dir });
    await templatesEject(context, {});
    expect(printed[0]).toMatch(/^\d+ templates copied to /);
    expect(existsSync(path.join(dir, 'assets/site.css'))).toBe(true);
    const file = path.join(dir, 'mail/digest.mjml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('<mj-head>', '<mj-head>\n<mj-nothing />'));
    await templatesEject(context, {});
    expect(printed[2]).toMatch(/^0 templates copied to .*, \d+ left as they are/);
    await expect(templatesCheck(context)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(printed).toContainEqual(expect.stringMatching(/^FAIL {2}mail\/digest\.mjml, line 3: <mj-nothing>/));
    expect(printed).toContain('ok    mail/confirm.mjml');
    await templatesEject(context, { force: true });
    await templatesCheck(context);
    expect(printed.at(-1)).toBe('All can be used.');
  });

  test('shows a digest that reloads when a template changes, and what is wrong with it', async () => {
    const dir = path.join(scratch, 'shown');
    const stop = new AbortController();
    const { context, printed } = contextOf({ TEMPLATES_DIR: dir, SITE_NAME: 'Kiel Preprints' }, stop.signal);
    await templatesEject(context, {});
    const preview = templatesPreview(context, { port: '0' });
    await expect.poll(() => printed.at(-1), { timeout: 20_000 }).toMatch(/^Preview/);
    const [url = ''] = /http:\/\/\S+\/digest/.exec(printed.at(-1)!) ?? [];
    expect(await (await fetch(url)).text()).toContain('Kiel Preprints');
    const changes = (await fetch(url.replace('/digest', '/changes'))).body!.getReader();
    await changes.read();
    const file = path.join(dir, 'mail/digest.mjml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('<!-- cut: end -->', ''));
    expect(Buffer.from((await changes.read()).value!).toString()).toContain('data: changed');
    expect(await (await fetch(url)).text()).toContain('mail/digest.mjml: the mark &quot;&lt;!-- cut: end --&gt;&quot;');
    stop.abort();
    await preview;
  });
});

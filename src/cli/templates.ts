import { once } from 'node:events';
import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Config } from '../config.ts';
import { checkTemplates, ourTemplates } from '../editions/own-templates.ts';
import { TEMPLATES } from '../editions/layout.ts';
import { escapeHtml } from '../words/escape-html.ts';
import { showSpecimen } from '../editions/specimen.ts';
import { AppError, codeOf } from '../errors.ts';
import { type Looks, openLooks } from '../looks.ts';
import type { Context } from './context.ts';

function directoryOf({ templatesDir }: Config): string {
  if (templatesDir !== null) return templatesDir;
  throw new AppError(
    'CONFIG_INVALID',
    'TEMPLATES_DIR is not set: name the directory for your own templates there, and run this once more.',
  );
}

/** Copies our templates to TEMPLATES_DIR. What is there already stays, unless it is forced. */
export async function templatesEject(
  { config, print }: Context,
  { force = false }: { force?: boolean },
): Promise<void> {
  const dir = directoryOf(config);
  let copied = 0;
  let kept = 0;
  for (const file of await ourTemplates()) {
    const target = path.join(dir, file);
    try {
      await mkdir(path.dirname(target), { recursive: true });
      await copyFile(path.join(TEMPLATES, file), target, force ? 0 : constants.COPYFILE_EXCL);
      copied++;
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST')
        throw new AppError(
          'OUTPUT_FAILED',
          `Cannot write ${target} (${codeOf(cause) ?? 'unknown'}). Make TEMPLATES_DIR a directory that we can write to.`,
          { cause },
        );
      kept++;
    }
  }
  await print(
    `${copied} templates copied to ${dir}${kept > 0 ? `, ${kept} left as they are (--force replaces them)` : ''}.`,
  );
  await print('Remove those you do not change: ours are used in their place, and stay up to date.');
}

/** Says of each template of the operator's what is wrong with it. */
export async function templatesCheck({ config, print }: Context): Promise<void> {
  const dir = directoryOf(config);
  const { files, faults } = await checkTemplates(dir);
  for (const file of files) if (!faults.some((fault) => fault.startsWith(file))) await print(`ok    ${file}`);
  for (const fault of faults) await print(`FAIL  ${fault}`);
  if (faults.length > 0)
    throw new AppError('INPUT_INVALID', 'Mend the templates marked FAIL: until then their last good state is used.');
  await print(files.length === 0 ? `There are no templates in ${dir}: those that ship are used.` : 'All can be used.');
}

/** How often the preview looks for changes: soon enough to seem at once. */
const LOOK_EVERY_MS = 500;

/** Serves the specimen of each mail on this machine, and has browsers load it anew when it changes. */
export async function templatesPreview(
  { config, log, signal, print }: Context,
  { port: asked }: { port: string },
): Promise<void> {
  directoryOf(config);
  const preview = createPreview(config, await openLooks(null, config, log));
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('INPUT_INVALID', '--port must be a whole number from 0 to 65535.');
  const server = createServer((request, response) => preview.answer(request.url ?? '/', response));
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening.catch((cause: unknown) => {
    throw new AppError(
      'PORT_TAKEN',
      `Port ${port} cannot be used (${codeOf(cause) ?? 'unknown'}): name another with --port.`,
    );
  });
  const timer = setInterval(() => void preview.refresh(), LOOK_EVERY_MS);
  await print(
    `Preview   http://127.0.0.1:${(server.address() as AddressInfo).port}/digest (and /confirm); end it with Ctrl-C`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  clearInterval(timer);
  server.close();
  server.closeAllConnections();
}

/** Answers with a mail and what is wrong with it, and tells browsers of each change. */
function createPreview(config: Config, looks: Looks) {
  const waiting = new Set<ServerResponse>();
  const faultsNow = (): string[] => [...looks.brandFaults(), ...looks.templateFaults()];
  const stateNow = (): string => JSON.stringify([looks.look().version, faultsNow()]);
  let state = stateNow();
  const refresh = async (): Promise<void> => {
    await looks.refresh();
    if (stateNow() === state) return;
    state = stateNow();
    for (const response of waiting) response.write('data: changed\n\n');
  };
  async function answer(url: string, response: ServerResponse): Promise<void> {
    if (url === '/changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 500\n\n');
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
      return;
    }
    const html = await showSpecimen(looks.look(), config.publicUrl, url === '/confirm' ? 'confirm' : 'digest');
    const faults = faultsNow().map((fault) => `<p>${escapeHtml(fault)}</p>`);
    const note =
      faults.length > 0 ? `<div style="background:#fff3c4;color:#000;padding:8px 16px">${faults.join('')}</div>` : '';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(html.replace(/<\/body>/, `${note}${RELOAD}</body>`));
  }
  return { refresh, answer: (url: string, response: ServerResponse): void => void answer(url, response) };
}

const RELOAD = `<script>new EventSource('/changes').onmessage = () => location.reload();</script>`;

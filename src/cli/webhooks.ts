import { newestDeliveries } from '../db/hook-deliveries.ts';
import { type HookEndpoint, listEndpoints } from '../db/hook-endpoints.ts';
import { COMMAND } from '../db/trail.ts';
import { AppError } from '../errors.ts';
import {
  addWebhook,
  removeWebhook,
  replayDelivery,
  replayWebhook,
  rotateWebhook,
  switchWebhookOn,
  testWebhook,
} from '../hooks/endpoints.ts';
import { requireOpenGate } from '../delivery/gate.ts';
import { sendDue } from '../hooks/send.ts';
import { openStore, type Store } from '../store.ts';
import type { Context } from './context.ts';

const SHOWN = 10;

export async function webhooksAdd(
  { config, log, signal, print }: Context,
  url: string,
  { events = [], near = false }: { events?: string[]; near?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const wanted = events.flatMap((one) => one.split(',')).filter(Boolean);
  const { id, secret } = await addWebhook(store, COMMAND, { url, events: wanted, isNear: near });
  await print(secret);
  await print(
    `Webhook ${id} is told from now on. The secret above signs what is sent: "webhooks test ${id}" tries it.`,
  );
}

export async function webhooksList(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const endpoints = await listEndpoints(store.db);
  if (json) return print(JSON.stringify(endpoints));
  if (endpoints.length === 0) return print('No program is told: "paperboy webhooks add URL" adds one.');
  for (const endpoint of endpoints) await print(`${endpoint.id}. ${endpoint.url}\n    ${stateOf(endpoint)}`);
}

export async function webhooksShow({ config, log, signal, print }: Context, text: string): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const deliveries = await newestDeliveries(store.db, { endpointId: numberOf(text), limit: SHOWN });
  if (deliveries.length === 0) return print('Nothing was sent there.');
  for (const { id, type, at, state, attempts, words } of deliveries)
    await print(`${id}. ${type}, ${at.toISOString()}: ${state}, tried ${attempts} times. ${words ?? ''}`.trim());
}

export async function webhooksRemove({ config, log, signal, print }: Context, text: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await removeWebhook(store, COMMAND, numberOf(text));
  await print('It is told nothing any more.');
}

export async function webhooksRotate({ config, log, signal, print }: Context, text: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  await print(await rotateWebhook(store, COMMAND, numberOf(text)));
  await print('This is its new secret. For a day what is sent is signed with the old one too.');
}

export async function webhooksOn({ config, log, signal, print }: Context, text: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const id = numberOf(text);
  await switchWebhookOn(store, COMMAND, id);
  await sendNow(store, id, print);
}

export async function webhooksTest({ config, log, signal, print }: Context, text: string): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const id = numberOf(text);
  await testWebhook(store, COMMAND, id);
  await sendNow(store, id, print);
}

/** Sends one thing once more; with `all` the number is that of a webhook, and all that it was not told goes. */
export async function webhooksReplay(
  { config, log, signal, print }: Context,
  text: string,
  { all = false }: { all?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { signal });
  const id = numberOf(text);
  if (all) await replayWebhook(store, COMMAND, id);
  await sendNow(store, all ? id : await replayDelivery(store, COMMAND, id), print);
}

/** Sends what is due there, and prints what became of the newest of it. */
async function sendNow(store: Store, endpointId: number, print: Context['print']): Promise<void> {
  await requireOpenGate(store.db);
  await sendDue(store, { only: endpointId });
  const all = await newestDeliveries(store.db, { endpointId, limit: SHOWN });
  const last = all.toSorted((a, b) => (b.triedAt?.getTime() ?? 0) - (a.triedAt?.getTime() ?? 0))[0];
  await print(
    !last?.triedAt
      ? 'It is switched off, or another process tells it now: see "paperboy webhooks list".'
      : `${last.type}: ${last.state === 'arrived' ? 'it arrived' : 'it did not arrive'}. ${last.words ?? ''}`.trim(),
  );
}

/** Whether an endpoint is told, and since when not. Pure. */
function stateOf({ events, offAt, offBecause, failingSince, waiting, failed }: HookEndpoint): string {
  const sums = `${waiting} waiting, ${failed} given up`;
  if (offAt !== null)
    return `switched off ${offAt.toISOString()}: ${offBecause === 'gone' ? 'it said that it is gone' : 'nothing arrived for three days'}; ${sums}`;
  const failing = failingSince === null ? '' : `; nothing arrives since ${failingSince.toISOString()}`;
  return `told of ${events.join(', ')}; ${sums}${failing}`;
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('CONFIG_INVALID', 'Name it by its number, as "paperboy webhooks list" prints it.');
}

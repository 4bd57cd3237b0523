import { isIP } from 'node:net';
import { type Db, transaction } from '../db/client.ts';
import { addTestEvent, replay, replayFailed } from '../db/hook-deliveries.ts';
import { addEndpoint, removeEndpoint, rotateSecret, switchOn } from '../db/hook-endpoints.ts';
import { type Actor, recordDeed } from '../db/trail.ts';
import { DAY } from '../duration.ts';
import { AppError } from '../errors.ts';
import { HOOK_EVENTS, type HookEvent } from '../hook-events.ts';
import { isPublic } from '../public-address.ts';
import { makeSecret } from './sign.ts';

/** So long what is sent is signed with the old secret too. */
const ROTATION_MS = DAY;
const LONGEST_URL = 2000;

interface EndpointDeps {
  db: Db;
  now: () => Date;
}

/** Adds where to tell, and returns its number and the secret that signs. Throws INPUT_INVALID. */
export async function addWebhook(
  { db, now }: EndpointDeps,
  by: Actor,
  input: { url: string; events: readonly string[]; isNear: boolean },
): Promise<{ id: number; secret: string }> {
  const url = parseUrl(input.url, input.isNear);
  const events = parseEvents(input.events);
  const secret = makeSecret();
  return transaction(db, async (tx) => {
    const id = await addEndpoint(tx, { url, events, isNear: input.isNear, secret, now: now() });
    if (id === null)
      throw new AppError('INPUT_INVALID', 'That address is told already: remove it first to choose other events.');
    const words = `${hostOf(url)}, ${events.join(', ')}`;
    await recordDeed(tx, by, { at: now(), did: 'webhook.add', about: String(id), words });
    return { id, secret };
  });
}

export const removeWebhook = (deps: EndpointDeps, by: Actor, id: number): Promise<void> =>
  act(deps, by, { id, did: 'webhook.remove' }, (tx) => removeEndpoint(tx, id));

/** Gives it a new secret, which is returned; the old one signs too for a day. */
export async function rotateWebhook(deps: EndpointDeps, by: Actor, id: number): Promise<string> {
  const secret = makeSecret();
  const oldUntil = new Date(deps.now().getTime() + ROTATION_MS);
  await act(deps, by, { id, did: 'webhook.rotate' }, (tx) => rotateSecret(tx, id, secret, oldUntil));
  return secret;
}

/** Tells it again after it was switched off. */
export const switchWebhookOn = (deps: EndpointDeps, by: Actor, id: number): Promise<void> =>
  act(deps, by, { id, did: 'webhook.on' }, (tx) => switchOn(tx, id, deps.now()));

export const testWebhook = (deps: EndpointDeps, by: Actor, id: number): Promise<void> =>
  act(deps, by, { id, did: 'webhook.test' }, (tx) => addTestEvent(tx, id, deps.now()));

/** Sends all once more that was given up. */
export const replayWebhook = (deps: EndpointDeps, by: Actor, id: number): Promise<void> =>
  act(deps, by, { id, did: 'webhook.replay' }, async (tx) => (await replayFailed(tx, id, deps.now())) > 0);

/** Sends one delivery once more, and returns the number of its endpoint. */
export const replayDelivery = ({ db, now }: EndpointDeps, by: Actor, deliveryId: number): Promise<number> =>
  transaction(db, async (tx) => {
    const id = await replay(tx, deliveryId, now());
    if (id === null) throw nothingThere();
    const words = `delivery ${deliveryId}`;
    await recordDeed(tx, by, { at: now(), did: 'webhook.replay', about: String(id), words });
    return id;
  });

const act = (
  { db, now }: EndpointDeps,
  by: Actor,
  { id, did }: { id: number; did: string },
  work: (tx: Parameters<typeof recordDeed>[0]) => Promise<boolean>,
): Promise<void> =>
  transaction(db, async (tx) => {
    if (!(await work(tx))) throw nothingThere();
    await recordDeed(tx, by, { at: now(), did, about: String(id) });
  });

const nothingThere = (): AppError =>
  new AppError('NOT_FOUND', 'There is no such webhook, or nothing of it to do: see "paperboy webhooks list".');

/** What of an address may be told: the rest of it may hold a token. */
export const hostOf = (url: string): string => new URL(url).host;

/** Throws INPUT_INVALID for what cannot be told of events, or may not. Pure. */
export function parseUrl(text: string, isNear: boolean): string {
  const url = URL.parse(text.trim());
  const refuse = (why: string): never => {
    throw new AppError('INPUT_INVALID', `A webhook cannot go there: ${why}.`);
  };
  if (url === null || !/^https?:$/.test(url.protocol) || text.length > LONGEST_URL)
    return refuse('write an address that begins with https:// and has at most 2,000 characters');
  if (url.username !== '' || url.password !== '') return refuse('leave out the name and password, which are not sent');
  url.hash = '';
  if (isNear) return url.href;
  if (url.protocol !== 'https:') return refuse('it must begin with https://, unless it may be near');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (/(?:^|\.)localhost\.?$/.test(host) || (isIP(host) !== 0 && !isPublic(host)))
    return refuse('it leads to this machine or its network, which has to be allowed for it: it may be near');
  return url.href;
}

/** All of them where none is named. Throws INPUT_INVALID. Pure. */
export function parseEvents(wanted: readonly string[]): HookEvent[] {
  if (wanted.length === 0) return [...HOOK_EVENTS];
  const unknown = wanted.find((event) => !HOOK_EVENTS.some((one) => one === event));
  if (unknown !== undefined)
    throw new AppError(
      'INPUT_INVALID',
      `There is no event "${unknown.slice(0, 40)}": choose of ${HOOK_EVENTS.join(', ')}.`,
    );
  return HOOK_EVENTS.filter((event) => wanted.includes(event));
}

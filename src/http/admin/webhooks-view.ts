import type { HookDelivery } from '../../db/hook-deliveries.ts';
import type { HookEndpoint } from '../../db/hook-endpoints.ts';
import { HOOK_EVENTS, type HookEvent } from '../../hook-events.ts';
import { hostOf } from '../../hooks/endpoints.ts';
import type { Need } from './needs-view.ts';
import { capitalised, counted, figure, inWords, listed } from '../../figures.ts';
import type { Clock } from './words.ts';

const SAYS: Readonly<Record<HookEvent, string>> = {
  'subscriber.subscribed': 'a reader subscribed',
  'subscriber.left': 'a reader left',
  'subscriber.bounced': 'an address does not exist any more',
  'subscriber.complained': 'a reader complained',
  'edition.frozen': 'an edition is frozen',
  'digest.done': 'a digest is done',
};

export interface WebhooksView {
  sentence: string;
  needs: Need[];
  /** The secret that was just made: it is shown this once. */
  made: { host: string; secret: string } | null;
  said: string | null;
  problem: string | null;
  typed: { url: string; isNear: boolean };
  events: { event: string; says: string; chosen: boolean }[];
  endpoints: EndpointView[];
}

interface EndpointView {
  id: number;
  host: string;
  url: string;
  aside: string;
  isOn: boolean;
  /** "Send again what was given up (12)", where there is something. */
  again: string | null;
  rows: { id: number; when: string; what: string; state: string; words: string; canRepeat: boolean }[];
}

export interface WebhooksFacts {
  endpoints: readonly (HookEndpoint & { deliveries: readonly HookDelivery[] })[];
  made: WebhooksView['made'];
  said: string | null;
  problem: string | null;
  typed: { url: string; isNear: boolean; events: readonly string[] };
}

/** Where programs are told, and whether it arrives. Pure. */
export function webhooksView({ endpoints, typed, ...shown }: WebhooksFacts, clock: Clock): WebhooksView {
  return {
    ...shown,
    sentence: sentenceOf(endpoints, clock),
    needs: endpoints.filter(({ offAt }) => offAt !== null).map((endpoint) => offNeed(endpoint, clock)),
    typed: { url: typed.url, isNear: typed.isNear },
    events: HOOK_EVENTS.map((event) => ({ event, says: SAYS[event], chosen: typed.events.includes(event) })),
    endpoints: endpoints.map((endpoint) => ({
      id: endpoint.id,
      host: hostOf(endpoint.url),
      url: endpoint.url,
      aside: asideOf(endpoint),
      isOn: endpoint.offAt === null,
      again: endpoint.failed === 0 ? null : `Send again what was given up (${figure(endpoint.failed)})`,
      rows: endpoint.deliveries.map((delivery) => rowOf(delivery, clock)),
    })),
  };
}

function sentenceOf(endpoints: WebhooksFacts['endpoints'], clock: Clock): string {
  if (endpoints.length === 0) return 'No program is told what happens here.';
  const off = endpoints.filter(({ offAt }) => offAt !== null);
  if (off.length > 0)
    return off.length === endpoints.length
      ? 'No program is told any more what happens here.'
      : `${capitalised(inWords(off.length))} of ${inWords(endpoints.length)} webhooks ${off.length === 1 ? 'is' : 'are'} switched off.`;
  const failing = endpoints.find(({ failingSince }) => failingSince !== null);
  if (failing)
    return `${hostOf(failing.url)} takes nothing since ${clock.time(failing.failingSince!)}; ${counted(failing.waiting, 'event')} ${failing.waiting === 1 ? 'waits' : 'wait'}.`;
  const told = `${capitalised(counted(endpoints.length, 'program'))} ${endpoints.length === 1 ? 'is' : 'are'} told what happens`;
  const waiting = endpoints.reduce((sum, one) => sum + one.waiting, 0);
  return waiting === 0
    ? `${told}; nothing waits.`
    : `${told}; ${counted(waiting, 'event')} will be sent within a minute.`;
}

const offNeed = ({ id, url, offAt, offBecause, waiting }: HookEndpoint, clock: Clock): Need => ({
  name: 'Webhooks',
  mark: 'mend',
  says: `${hostOf(url)} is told nothing since ${clock.time(offAt!)}: ${
    offBecause === 'gone' ? 'it answered that it is gone.' : 'nothing had arrived there for three days.'
  }`,
  remedy:
    waiting === 0
      ? 'What happened since is not kept for it. See that it answers, then let it be told again.'
      : `${capitalised(counted(waiting, 'event'))} of before will be sent. See that it answers, then let it be told again.`,
  act: { label: 'Tell it again', action: `/admin/webhooks/${id}/on`, fields: {} },
});

function asideOf({ events, isNear }: HookEndpoint): string {
  const what = events.length === HOOK_EVENTS.length ? 'all events' : listed(events);
  return `Told of ${what}${isNear ? '; may be near' : ''}`;
}

const STATES = { arrived: 'arrived', failed: 'given up' } as const;

const rowOf = (delivery: HookDelivery, clock: Clock): EndpointView['rows'][number] => {
  const { id, type, at, subscriberId, date, state, attempts, dueAt, words } = delivery;
  const about = date ?? (subscriberId === null ? null : `reader ${subscriberId}`);
  const tried = attempts < 2 ? '' : `, tried ${attempts} times`;
  return {
    id,
    when: clock.time(at),
    what: about === null ? type : `${type}, ${about}`,
    state: `${state === 'waiting' ? `waits until ${clock.time(dueAt!)}` : STATES[state]}${tried}`,
    words: words ?? '',
    canRepeat: state !== 'waiting',
  };
};

import { requireTrueClock } from './db/clock.ts';
import { welcome } from './delivery/plan.ts';
import type { Engine } from './engine.ts';
import { enqueuePromptly } from './jobs/handlers.ts';
import { groupNotices } from './jobs/notice-groups.ts';
import { createActions, type SubscriberActions } from './subscribers/actions.ts';
import { createGuard } from './subscribers/guard.ts';
import { checkNoDomain, createDomainCheck, systemResolver } from './subscribers/mail-domain.ts';
import { groupRequests } from './subscribers/requests.ts';
import { QUIET_MS } from './subscribers/subscribe.ts';

/**
 * How long a reader's confirmation waits for the queue, which may be away: the sweeper finds what
 * it did not take.
 */
const ENQUEUE_MS = 1_000;

/**
 * What readers can do, and operators for them, over what sends mail and carries jobs. Disposing of
 * it hands the queue what was asked for last.
 */
export function openActions(
  { config, db, log, now, topics, keyring, queues, handlerDeps }: Engine,
  onSignUp?: (address: string) => void,
): SubscriberActions & AsyncDisposable {
  const plan = { ...handlerDeps.plan, enqueueBatch: enqueuePromptly(handlerDeps.plan.enqueueBatch, ENQUEUE_MS) };
  const notices = groupNotices(queues, log);
  const actions = createActions({
    db,
    log,
    now,
    keyring,
    recordRequest: groupRequests(db, QUIET_MS),
    guard: createGuard({ db, keyring, now }),
    isInForce: (slug) => topics.list.some((topic) => topic.slug === slug),
    checkDomain: config.checkMailDomains ? createDomainCheck(systemResolver()) : checkNoDomain,
    ...(onSignUp && { onSignUp }),
    enqueueNotice: notices.enqueueNotice,
    editionHour: config.editionHour,
    welcome: (id) => welcome(plan, id),
    topics,
    requireTrueClock: () => requireTrueClock({ db, now }),
  });
  return { ...actions, [Symbol.asyncDispose]: () => notices[Symbol.asyncDispose]() };
}

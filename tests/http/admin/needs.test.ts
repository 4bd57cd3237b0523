import { describe, expect, test } from 'vitest';
import { type Finding, findingsOf, type Verdict } from '../../../src/health/finding.ts';
import { type Counts, STATES, type Tally } from '../../../src/delivery/tally.ts';
import { firstNeeds, needsOf, type NeedsFacts, toMend } from '../../../src/http/admin/needs-view.ts';
import { todayView, type TodayFacts } from '../../../src/http/admin/today-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';

const NOW = new Date('2026-05-27T08:14:00Z');
const clock = createClock('UTC', () => NOW);

const finding = (check: string, verdict: Verdict, name = check): Finding => {
  const of = findingsOf(check, 'queue', name);
  return verdict === 'well' ? of.well(`${name} is well.`) : of[verdict](`${name} is not well.`, `Mend ${name}.`);
};
const facts = (more: Partial<NeedsFacts> = {}): NeedsFacts => ({
  findings: [],
  brakes: [],
  unknown: [],
  closed: null,
  canBackUp: true,
  ...more,
});
const closed = { at: NOW, because: 'restored', lostSince: new Date('2026-05-27T03:10:00Z') } as const;
const brake = { date: '2026-05-27', domain: 'campus.example', unknown: 12, frozen: 100 };

const ofEach = <T>(value: T) =>
  Object.fromEntries(STATES.map((state) => [state, value])) as Record<(typeof STATES)[number], T>;
const tallyOf = (counts: Partial<Counts>): Tally => ({
  date: '2026-05-27',
  state: 'sending',
  frozen: 23_282,
  counts: { ...ofEach(0), ...counts },
  balances: true,
  reasons: ofEach([]),
  wave: null,
  nextDue: null,
});

describe('what needs somebody', () => {
  test('is nothing when all is well', () => {
    expect(needsOf(facts({ findings: [finding('disk', 'well')] }), clock)).toEqual([]);
  });

  test('puts what is to mend before what is worth a look, and says what the finding says', () => {
    const needs = needsOf(facts({ findings: [finding('dmarc', 'look'), finding('disk', 'mend')] }), clock);
    expect(needs.map(({ mark, says, remedy }) => [mark, says, remedy])).toEqual([
      ['mend', 'disk is not well.', 'Mend disk.'],
      ['look', 'dmarc is not well.', 'Mend dmarc.'],
    ]);
    expect(toMend(needs)).toBe(1);
  });

  test('a brake is told once, with the button that lets go of it', () => {
    const needs = needsOf(facts({ findings: [finding('brakes', 'mend')], brakes: [brake as never] }), clock);
    expect(needs).toHaveLength(1);
    expect(needs[0]!.act).toMatchObject({ action: '/admin/digests/2026-05-27/resume' });
    expect(needsOf(facts({ findings: [finding('brakes', 'mend')] }), clock)).toEqual([]);
  });

  test('a closed gate comes first and leads to what would be sent', () => {
    const findings = [finding('disk', 'mend'), finding('gate', 'mend')];
    const [first, ...others] = needsOf(facts({ findings, closed }), clock);
    expect(first!.says).toBe('Nothing is sent: the database was restored from a backup.');
    expect(first!.remedy).toContain('mailed from 03:10 to 08:14');
    expect(first!.link!.href).toBe('/admin/resume');
    expect(others.map(({ name }) => name)).toEqual(['disk']);
  });

  test.each([
    [true, '/admin/backups/now'],
    [false, undefined],
  ])('a backup is made by a button where a directory is named: %s', (canBackUp, action) => {
    const [need] = needsOf(facts({ findings: [finding('backup', 'mend')], canBackUp }), clock);
    expect(need!.act?.action).toBe(action);
  });

  test.each(['look', 'mend'] as const)('a source that fails is asked by a button: %s', (verdict) => {
    const [need] = needsOf(facts({ findings: [finding('source:arxiv', verdict)] }), clock);
    expect(need!.act).toEqual({ label: 'Ask now', action: '/admin/sources/ask', fields: { source: 'arxiv' } });
  });

  test.each([
    ['look', 'look'],
    ['mend', 'mend'],
  ] as const)('deliveries in doubt are to mend where they wait for a word: %s', (verdict, mark) => {
    const sums = { date: '2026-05-26', unknown: 3, again: 1, closed: 0 };
    const needs = needsOf(facts({ findings: [finding('unknown', verdict)], unknown: [sums as never] }), clock);
    expect(needs.map((need) => [need.mark, need.says])).toEqual([
      [mark, 'It is not known whether two messages of 26 May arrived.'],
    ]);
  });

  test.each([
    [0, null],
    [3, null],
    [4, 'One more is worth a look, c3:'],
    [5, 'Two more are worth a look, c3 and c4:'],
  ])('three looks are shown, the others named: %i', (count, more) => {
    const findings = [finding('disk', 'mend'), ...Array.from({ length: count }, (_, i) => finding(`c${i}`, 'look'))];
    const first = firstNeeds(needsOf(facts({ findings }), clock));
    expect(first.more).toBe(more);
    expect(first.shown).toHaveLength(1 + Math.min(3, count));
  });
});

describe('the sentence of today', () => {
  const counts = { pending: 4867, deferred: 3, accepted: 18412 };
  const tally = tallyOf(counts);
  const view = (more: Partial<TodayFacts>, at = clock) =>
    todayView(
      {
        now: NOW,
        edition: { date: '2026-05-27', frozenAt: NOW, papers: 30, sample: false },
        isEmpty: false,
        editionDue: new Date('2026-05-27T04:00:00Z'),
        sources: ['arxiv', 'huggingface'],
        lastIngest: new Date('2026-05-27T02:10:00Z'),
        tally,
        pace: null,
        limit: null,
        due: [],
        readers: 23_282,
        needs: [],
        closed: null,
        relayAwaySince: null,
        ...more,
      },
      at,
    );
  const today = (more: Partial<TodayFacts>, at = clock): string => view(more, at).sentence;
  const yesterday = {
    edition: { date: '2026-05-26', frozenAt: NOW, papers: 30, sample: false },
    tally: { ...tallyOf({ accepted: 23_282 }), date: '2026-05-26' },
  };
  const away = new Date('2026-05-27T08:03:00Z');

  test.each<[string, Partial<TodayFacts>, string]>([
    ['under way', {}, '18,412 readers have today’s edition; 4,867 follow'],
    [
      'the relay away',
      { relayAwaySince: away },
      'Nothing goes out: the relay has taken no mail since 08:03; 4,870 readers wait, and no mail is lost',
    ],
    [
      'samples only',
      { edition: { date: '2026-05-27', frozenAt: NOW, papers: 30, sample: true }, tally: null, readers: 0 },
      'Today’s edition is made of samples until papers come; no reader has confirmed yet',
    ],
    [
      'the relay away, and no digest',
      { relayAwaySince: away, tally: null },
      'Nothing goes out: the relay has taken no mail since 08:03',
    ],
    [
      'the relay away from a digest that is paused',
      { relayAwaySince: away, tally: { ...tally, state: 'paused' } },
      'Today’s digest is paused: 18,412 readers have it, 4,870 wait for you',
    ],
    ['after a restore', { closed, relayAwaySince: away }, 'Nothing is sent: the database was restored from a backup'],
    [
      'on a copy',
      { closed: { ...closed, because: 'copied' } },
      'Nothing is sent: the data directory is a copy of another',
    ],
    ['no edition', { edition: null, tally: null }, 'There is no edition for today: the sources last answered at 02:10'],
    ['no papers', { edition: null, tally: null, isEmpty: true }, 'There is no edition for today: no new papers came'],
    ['all well', { tally: tallyOf({ accepted: 23_282 }) }, 'Today’s edition went out to all 23,282 readers'],
    [
      'all well, but for those whose hour is to come before the next edition',
      {
        tally: tallyOf({ accepted: 23_282 }),
        readers: 30_000,
        due: [
          { at: new Date('2026-05-28T03:00:00Z'), timezone: 'America/Los_Angeles', readers: 718 },
          // From the next freeze on it is another edition that they get.
          { at: new Date('2026-05-28T04:00:00Z'), timezone: 'Europe/Berlin', readers: 23_282 },
        ],
      },
      'Today’s edition went out to 23,282 readers; 718 have their hour later',
    ],
    ['none since yesterday’s', yesterday, 'There is no edition for today: the sources last answered at 02:10'],
    [
      'none since yesterday’s, on a free day',
      { ...yesterday, isEmpty: true },
      'There is no edition for today: no new papers came',
    ],
    [
      'yesterday’s is being sent',
      { ...yesterday, tally: { ...yesterday.tally, counts: tallyOf(counts).counts } },
      '18,412 readers have yesterday’s edition; 4,867 follow',
    ],
    [
      'yesterday’s, soon after today’s was due',
      { ...yesterday, editionDue: new Date('2026-05-27T08:00:00Z') },
      'Yesterday’s edition went out to all 23,282 readers',
    ],
  ])('%s', (_, more, says) => expect(today(more)).toBe(says));

  test.each<[string, Partial<TodayFacts>]>([
    ['no edition', { edition: null, tally: null }],
    ['none since yesterday’s', yesterday],
    ['a free day', { edition: null, tally: null, isEmpty: true }],
  ])('offers to ask all sources beside it: %s', (_, more) => {
    expect(view(more).ask).toMatchObject({ sources: ['arxiv', 'huggingface'], isFirst: true });
    const needs = needsOf(facts({ findings: [finding('source:arxiv', 'mend')] }), clock);
    expect(view({ ...more, needs }).ask, 'one solid button is enough').toMatchObject({ isFirst: false });
  });

  test.each<[string, Partial<TodayFacts>]>([
    ['an edition is there', {}],
    ['it is frozen later', { edition: null, tally: null, editionDue: new Date('2026-05-27T09:00:00Z') }],
    ['nothing may be sent', { edition: null, tally: null, closed }],
    ['the relay is away', { edition: null, tally: null, relayAwaySince: away }],
    ['there is none', { edition: null, tally: null, sources: [] }],
  ])('offers no source to ask where %s', (_, more) => expect(view(more).ask).toBeNull());

  test('goes by the day of the edition, which is Greenwich’s, wherever the machine stands', () => {
    const now = new Date('2026-05-27T16:00:00Z');
    const tokyo = createClock('Asia/Tokyo', () => now);
    expect(tokyo.date(now)).toBe('2026-05-28');
    expect(today({ now, tally: null }, tokyo)).toMatch(/^Today’s edition is frozen; /);
  });
});

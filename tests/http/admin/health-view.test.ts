import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsOf, type Group, GROUPS, type Verdict } from '../../../src/health/finding.ts';
import type { KeptFinding } from '../../../src/health/watch.ts';
import { type HealthFacts, healthView } from '../../../src/http/admin/health-view.ts';
import { createClock } from '../../../src/http/admin/words.ts';

const NOW = new Date('2026-05-27T08:14:30Z');
const clock = createClock('UTC', () => NOW);
const LOOKED = new Date('2026-05-27T08:14:00Z');

function kept(group: Group, name: string, verdict: Verdict, more: Partial<KeptFinding> = {}): KeptFinding {
  const of = findingsOf(`${group}:${name}`, group, name);
  const finding = verdict === 'well' ? of.well('It is well.') : of[verdict]('It is not well.', 'Mend it.');
  return { ...finding, look: 'near', since: LOOKED, lookedAt: LOOKED, ...more };
}
const view = (findings: readonly KeptFinding[], more: Partial<HealthFacts> = {}) =>
  healthView({ now: NOW, findings, runs: [], backups: { directory: '/b', keep: 14 }, isTold: true, ...more }, clock);
const says = ({ headline: { link, rest }, deck }: ReturnType<typeof view>) => [
  (link ? `${link.text}: ` : '') + rest,
  deck,
];

describe('the page of health', () => {
  test.each<[string, KeptFinding[], [string, string | null]]>([
    ['all well', [kept('dns', 'SPF', 'well')], ['All 1 checks are well; nothing needs you.', null]],
    [
      'something to look at',
      [kept('dns', 'SPF', 'well'), kept('dns', 'DMARC', 'look')],
      ['Nothing is to mend; one thing is worth a look: DMARC.', '1 of 2 checks are well.'],
    ],
    [
      'something to mend',
      [kept('dns', 'DMARC', 'look'), kept('backups', 'Last backup', 'mend'), kept('dns', 'SPF', 'well')],
      ['One thing is to mend: Last backup.', 'One more is worth a look. 1 of 3 checks are well.'],
    ],
    ['nothing yet', [], ['Nothing was looked at yet.', 'The first look is taken within a minute.']],
  ])('opens with a sentence: %s', (_, findings, words) => expect(says(view(findings))).toEqual(words));

  test('what is to mend leads to its group, which stands first', () => {
    const { headline, columns } = view([
      kept('queue', 'Clock', 'well'),
      kept('backups', 'Last backup', 'look'),
      kept('queue', 'Waiting', 'mend'),
    ]);
    expect(headline.link).toEqual({ text: 'One thing is to mend', href: '#queue' });
    expect(columns.flat().map(({ id, aside }) => [id, aside])).toEqual([
      ['queue', '1 to mend, 1 well'],
      ['backups', '1 to look at'],
    ]);
    expect(columns[0]![0]!.checks.map(({ name }) => name)).toEqual(['Waiting', 'Clock']);
  });

  test('looks that are long past are said to be, and never taken for now', () => {
    const lookedAt = new Date(NOW.getTime() - 16 * 60_000);
    expect(says(view([kept('dns', 'SPF', 'well', { lookedAt })]))[0]).toBe('Nothing has been looked at since 07:58.');
  });

  test('says when others were asked, where that is another minute', () => {
    const far = kept('dns', 'SPF', 'well', { look: 'far', lookedAt: new Date('2026-05-27T08:12:00Z') });
    expect(view([kept('queue', 'Clock', 'well'), far]).kicker).toBe(
      'Looked at 08:14, at the relay, the DNS and the site 08:12',
    );
  });

  const anyFindings = fc.array(
    fc.record({ group: fc.constantFrom(...GROUPS), verdict: fc.constantFrom('mend', 'look', 'well') }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  const WEIGHT = { mend: 0, look: 1, well: 2 };
  test('shows every check once, the worst group first, whatever was found', () => {
    fc.assert(
      fc.property(anyFindings, (found) => {
        const { columns } = view(found.map(({ group, verdict }, i) => kept(group, `c${i}`, verdict as Verdict)));
        const groups = columns.flat();
        expect(columns.length).toBeLessThanOrEqual(2);
        expect(groups.flatMap(({ checks }) => checks.map(({ name }) => name)).toSorted()).toEqual(
          found.map((_, i) => `c${i}`).toSorted(),
        );
        const worst = groups.map(({ checks }) => WEIGHT[checks[0]!.verdict]);
        expect(worst).toEqual(worst.toSorted((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    [
      { ok: true, endedAt: new Date('2026-05-27T03:11:00Z'), words: '900 rows, proved by restoring them.' },
      '900 rows, proved by restoring them.',
      false,
    ],
    [{ ok: false, endedAt: new Date('2026-05-27T03:11:00Z'), words: 'The disk is full.' }, 'The disk is full.', true],
    [{ beganAt: new Date('2026-05-27T08:13:00Z') }, 'It is being made.', false],
    [{}, 'It is being made.', false],
    [{ beganAt: new Date('2026-05-26T03:10:00Z') }, 'It did not end.', true],
  ])('tells how each backup went: %j', (run, words, isBad) => {
    const known = {
      beganAt: new Date('2026-05-27T03:10:00Z'),
      endedAt: null,
      file: '/b/x',
      bytes: 4_900_000_000,
      ok: null,
      words: null,
    };
    const { backups } = view([], { runs: [{ ...known, ...run }] });
    expect(backups.rows[0]).toMatchObject({ words, isBad, size: '4.9 GB' });
  });

  test('without a directory for backups it says how one is made, and has no button', () => {
    const { backups } = view([], { backups: null });
    expect(backups).toMatchObject({ canMake: false, says: expect.stringContaining('BACKUP_DIR') });
  });
});

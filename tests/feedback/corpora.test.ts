import { describe, expect, test } from 'vitest';
import { readReport } from '../../src/feedback/read.ts';
import {
  fluflBounces,
  fluflOthers,
  headersOnly,
  phpBounces,
  phpComplaints,
  recipientByFields,
  reports,
  twins,
} from '../support/feedback-corpora.ts';
import { SHARED_DATA_MISSING } from '../support/shared-data.ts';

const isBounce = (kind: string): boolean => kind === 'hard' || kind === 'soft';
const sorted = (all: readonly (string | null)[]): string =>
  all
    .map((one) => (one ?? '').toLowerCase())
    .toSorted()
    .join(' ');

describe.skipIf(SHARED_DATA_MISSING)('the corpora of real bounces (skipped: there is no ../shared/data)', () => {
  test('of flufl.bounce: 95 of 100 are detected, 90 of 100 with the right addresses and permanence', async () => {
    let [detected, right] = [0, 0];
    const all = fluflBounces();
    for (const { bytes, expected } of all) {
      const { kind, each } = await readReport(bytes);
      const of = (permanent: boolean) =>
        sorted(each.filter((one) => one.permanent === permanent).map((one) => one.recipient));
      if (isBounce(kind)) detected++;
      if (isBounce(kind) && of(true) === sorted(expected.permanent) && of(false) === sorted(expected.temporary))
        right++;
    }
    expect(all.length).toBeGreaterThan(100);
    expect(detected / all.length).toBeGreaterThanOrEqual(0.95);
    expect(right / all.length).toBeGreaterThanOrEqual(0.9);
  });

  test('of PHP-Bounce-Handler: the same, by the fields of the reports themselves', async () => {
    let [detected, right] = [0, 0];
    const all = phpBounces();
    for (const { bytes } of all) {
      const { kind, permanent, recipients } = await readReport(bytes);
      const delayed = /^Subject: Warning: message \S+ delayed/m.test(bytes.toString('latin1'));
      if (isBounce(kind)) detected++;
      if (isBounce(kind) && permanent === !delayed && recipients[0] === recipientByFields(bytes)) right++;
    }
    expect(all.length).toBeGreaterThan(60);
    expect(detected / all.length).toBeGreaterThanOrEqual(0.95);
    expect(right / all.length).toBeGreaterThanOrEqual(0.9);
  });

  test('what flufl.bounce holds as no bounce, or as one of nobody, ends no subscription', async () => {
    for (const { name, bytes } of fluflOthers()) {
      const { kind, recipients } = await readReport(bytes);
      // simple_43 says "not a valid user" and names nobody: the message that it sends back does.
      if (name !== 'simple_43.txt') expect([name, kind, recipients]).not.toEqual([name, 'hard', expect.anything()]);
    }
  });

  test('every complaint is one, whole and with headers only', async () => {
    for (const { name, bytes } of phpComplaints()) {
      const wanted = name === 'arf2.txt' ? 'unsubscribe' : 'complaint';
      expect([name, (await readReport(bytes)).kind]).toEqual([name, wanted]);
    }
    for (const { name, bytes, type } of reports()) {
      const wanted = type === 'Abuse' ? 'complaint' : 'unrelated';
      expect([name, (await readReport(bytes)).kind]).toEqual([name, wanted]);
      const stripped = await readReport(headersOnly(bytes));
      expect([name, stripped.kind]).toEqual([name, wanted]);
      expect(stripped.messageId).toBe((await readReport(bytes)).messageId);
    }
  });

  test('copies with LF, CRLF and CR get the same verdict', async () => {
    for (const { name, bytes } of [...fluflBounces(), ...phpBounces(), ...phpComplaints(), ...reports()]) {
      const [lf, ...others] = await Promise.all(twins(bytes).map((twin) => readReport(twin)));
      for (const other of others) expect([name, other]).toEqual([name, lf]);
    }
  });
});

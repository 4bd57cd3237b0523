import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CompiledDigest, compileDigest } from '../../src/editions/compile.ts';
import { addressTo, selectPapers } from '../../src/editions/personalise.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { digestInput, paperView, personalise, READER_LINKS, wishFor } from '../support/mail.ts';

const IDS = Array.from({ length: 30 }, (_, i) => `arxiv:2507.${String(i).padStart(5, '0')}`);
let compiled: CompiledDigest;

beforeAll(async () => {
  compiled = await compileDigest(digestInput(IDS.map((id) => paperView({ id, title: `Paper number ${id}` }))));
});
const read = (paperIds: readonly string[], links = READER_LINKS) => {
  const digest = personalise(compiled, { paperIds, links });
  return { ...digest, htmlText: decodePieces(digest.html), plainText: decodePieces(digest.text) };
};

describe('a reader’s digest', () => {
  test('holds any papers in any order, numbered from one, with nothing left open', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(IDS, { minLength: 1 }), (paperIds) => {
        const { htmlText, plainText, html, text } = read(paperIds);
        expect(
          [...htmlText.matchAll(/>\s*(\d+)\s*<\/(?:td|span)>[^]*?Paper number ([\w:.]+)<\/a>/g)].map((m) => [
            m[1],
            m[2],
          ]),
        ).toEqual(paperIds.map((id, i) => [String(i + 1), id]));
        expect([...plainText.matchAll(/^ ?(\d+)\. Paper number (\S+)$/gm)].map((m) => [m[1], m[2]])).toEqual(
          paperIds.map((id, i) => [String(i + 1), id]),
        );
        expect(htmlText + plainText).not.toMatch(/\0|<%|%>|\{\{|\[\[|undefined|null/);
        expect(htmlText.match(/<table/g)!.length).toBe(htmlText.match(/<\/table>/g)!.length);
        for (const piece of [...html, ...text]) expect(piece.subarray(-2).toString()).toBe('\r\n');
      }),
      { numRuns: 60 },
    );
  });

  test('carries this reader’s links and no one else’s', () => {
    const selection = selectPapers(compiled, wishFor(IDS.slice(0, 3)));
    const other = {
      unsubscribe: 'https://papers.example/unsubscribe/other',
      preferences: 'https://papers.example/preferences/other',
      browser: READER_LINKS.browser,
      say: READER_LINKS.say,
    };
    addressTo(selection, READER_LINKS);
    const { html, text } = addressTo(selection, other);
    for (const part of [decodePieces(html), decodePieces(text)]) {
      expect(part).toContain(other.unsubscribe);
      expect(part).toContain(other.preferences);
      expect(part).not.toContain(READER_LINKS.unsubscribe);
    }
  });

  test('shares its blocks with every other digest of the day', () => {
    const [one, two] = [read([IDS[0]!, IDS[1]!]), read([IDS[2]!, IDS[1]!])];
    for (const part of ['html', 'text'] as const) {
      const own = one[part].filter((piece) => !two[part].includes(piece)).reduce((sum, piece) => sum + piece.length, 0);
      const lead = one[part].find((piece) => decodePieces([piece]).includes(`Paper number ${IDS[0]}`))!;
      // Its lead, the preheader, the dateline, the links, and the reader's say under two papers.
      expect(own).toBeLessThan(lead.length + 1500);
    }
  });

  test('names what is missing when it is asked for a paper that was not compiled', () => {
    expect(() => read(['arxiv:0000.00000'])).toThrow(
      'Cannot lay out the digest of 2025-07-22: arxiv:0000.00000 is not among its papers',
    );
  });
});

describe('the subject', () => {
  const subjectOf = async (titles: string[], sample = false) => {
    const papers = titles.map((title, i) => paperView({ id: `p${i}`, title }));
    return personalise(await compileDigest(digestInput(papers, { sample })), {
      paperIds: papers.map((p) => p.id),
      links: READER_LINKS,
    });
  };

  test('is the title of a single paper, and the preheader what is new in it', async () => {
    const { subject, preheader } = await subjectOf(['Attention is enough']);
    expect({ subject, preheader }).toEqual({ subject: 'Attention is enough', preheader: 'One sentence.' });
  });

  test('counts the others, which the preheader names', async () => {
    const { subject, preheader } = await subjectOf(['Attention is enough', 'Second', 'Third']);
    expect({ subject, preheader }).toEqual({
      subject: 'Attention is enough and 2 more',
      preheader: 'One sentence. · Second · Third',
    });
  });

  test('is cut at a word and stays within 70 characters', async () => {
    const { subject } = await subjectOf([
      `${'Reinforcement learning, with verifiable rewards '.repeat(4)}`,
      ...Array<string>(9).fill('x'),
    ]);
    expect(subject).toBe('Reinforcement learning, with verifiable rewards… and 9 more');
  });

  test('never exceeds its length, whatever the titles', async () => {
    for (const title of fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), {
      numRuns: 100,
      seed: 3,
    })) {
      const { subject, preheader } = await subjectOf([title, title], true);
      expect([...subject].length).toBeLessThanOrEqual(70);
      expect([...preheader].length).toBeLessThanOrEqual(140);
      expect(subject.isWellFormed()).toBe(true);
    }
  });
});

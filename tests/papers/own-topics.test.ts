import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseOwnTopics, readOwnTopics, soundOwnTopics } from '../../src/papers/own-topics.ts';
import { topicsInForce } from '../../src/papers/topics.ts';

const parse = (value: unknown) => parseOwnTopics(JSON.stringify(value), '/data/topics.json');
const solar = { slug: 'solar', name: 'Solar power' };

describe('the operator’s file', () => {
  test('adds topics, and takes the place of one of the same slug', () => {
    const { topics: own, faults } = parse([
      { ...solar, categories: ['cond-mat.*'], keywords: { strong: ['solar cells'], weak: ['sun'] }, not: ['stars'] },
      { slug: 'robotics', name: 'Our robots', description: 'Ours.', keywords: ['hexapod'] },
    ]);
    expect(faults).toEqual([]);
    const topics = topicsInForce(own);
    expect(topics.list.length).toBe(31);
    expect(topics.list.find(({ slug }) => slug === 'robotics')).toMatchObject({ name: 'Our robots' });
    expect(topics.categories).toContain('cond-mat.*');
    const under = (title: string, categories: string[] = []) =>
      topics.classify({ title, abstract: '', keywords: [], categories }).map(({ slug }) => slug);
    expect(under('Solar cells')).toContain('solar');
    expect(under('Nothing', ['cond-mat.soft'])).toEqual(['solar', 'physics']);
    expect(under('A hexapod')).toContain('robotics');
    expect(under('A humanoid robot')).not.toContain('robotics');
  });

  test.each([
    ['a slug', [{ ...solar, slug: 'Solar Power', keywords: ['x'] }], '("Solar Power"): "slug" must be lower-case'],
    ['a name that is missing', [{ slug: 'solar', keywords: ['x'] }], '("solar"): "name" must be a text'],
    ['a category', [{ ...solar, categories: ['robots!'] }], '"categories" must be a list of arXiv categories'],
    ['keywords', [{ ...solar, keywords: { strong: 'x' } }], '"keywords" must be a list of words, or'],
    ['a field', [{ ...solar, keywords: ['x'], colour: 'red' }], 'there is no field "colour", only slug, name'],
    ['an entry', [{ ...solar, keywords: ['x'] }, 7], 'topic 2: make it an object'],
    ['nothing to go by', [solar], 'give it "categories" or "keywords"'],
    ['a word without letters', [{ ...solar, keywords: ['…'] }], '"…" holds no letter'],
    [
      'a slug that is taken',
      [
        { ...solar, keywords: ['x'] },
        { ...solar, keywords: ['y'] },
      ],
      'topic 2 ("solar"): an earlier',
    ],
    ['the slug of every paper', [{ ...solar, slug: 'all', keywords: ['x'] }], '"slug" cannot be "all"'],
    ['an object', { solar }, '/data/topics.json is not a JSON list'],
  ])('is told what is wrong with %s: the file, the entry, the field', (_, value, sentence) => {
    const { topics, faults } = parse(value);
    expect(topics).toEqual([]);
    expect(faults).toEqual([expect.stringContaining(sentence)]);
    expect(faults[0]).toMatch(/^\/data\/topics\.json.*\.$/);
  });

  test('tells of every fault at once', () =>
    expect(parse([{ slug: 'A', name: '' }, 'x']).faults).toEqual([
      expect.stringContaining('"slug"'),
      expect.stringContaining('"name"'),
      expect.stringContaining('topic 2'),
    ]));

  test('never throws, whatever it holds', () => {
    const wild = fc.array(
      fc.record(
        {
          slug: fc.anything(),
          name: fc.anything(),
          keywords: fc.anything(),
          categories: fc.anything(),
          not: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(fc.property(fc.oneof(wild, fc.anything()), (value) => void parse(value)));
    fc.assert(fc.property(fc.string(), (text) => void parseOwnTopics(text, 'f')));
  });
});

describe('in the data directory', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), 'paperboy-topics-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  test('no file means no own topics', async () =>
    expect(await readOwnTopics(directory)).toEqual({ topics: [], faults: [] }));

  test('a broken file is warned about, and the topics that ship are in force', async () => {
    writeFileSync(path.join(directory, 'topics.json'), '[{');
    const warnings: string[] = [];
    expect(await soundOwnTopics(directory, (fault) => warnings.push(fault))).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('topics.json is not a JSON list')]);
  });
});

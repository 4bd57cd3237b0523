import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClassifier, type PaperToClassify, type TopicRule } from '../../src/papers/classify.ts';
import { topicsInForce } from '../../src/papers/topics.ts';

const topics = topicsInForce();
const text = (over: Partial<PaperToClassify>): PaperToClassify => ({
  title: '',
  abstract: '',
  keywords: [],
  categories: [],
  ...over,
});
const under = (over: Partial<PaperToClassify>): string[] => topics.classify(text(over)).map(({ slug }) => slug);

describe('the topics that ship', () => {
  test('are 21 subjects and nine parts of the wider arXiv, each with something to go by', () => {
    const of = (kind: string) => topics.list.filter((topic) => topic.kind === kind);
    expect([of('subject').length, of('archive').length]).toEqual([21, 9]);
    for (const topic of topics.list)
      expect(topic).toMatchObject({
        slug: expect.stringMatching(/^[a-z0-9][a-z0-9-]+$/),
        name: expect.any(String),
        description: expect.stringMatching(/\.$/),
      });
    for (const { slug, words } of of('subject')) expect(Object.keys(words).length, slug).toBeGreaterThan(50);
  });

  test('keep the slugs that readers follow since the first release', () => {
    const first =
      'language-models agents vision generation multimodal speech-audio robotics reinforcement-learning safety ' +
      'systems science-medicine theory';
    expect(topics.list.map(({ slug }) => slug)).toEqual(expect.arrayContaining(first.split(' ')));
  });

  test.each([
    ['robotics', 'A humanoid robot that folds laundry'],
    ['3d', '3D Gaussian splatting of indoor scenes'],
    ['speech-audio', 'Zero-shot text-to-speech with discrete codecs'],
    ['security', 'Membership inference attacks on federated learning'],
    ['retrieval', 'Dense retrieval with late interaction'],
    ['graphs-and-time', 'Time series forecasting with graph neural networks'],
    ['science-medicine', 'Protein structure prediction for drug discovery'],
    ['code', 'Repairing programs in whole repositories: an SWE-bench study'],
  ])('file under %s by the title alone: %s', (slug, title) => expect(under({ title })).toContain(slug));

  test('a keyword alone in an abstract files nothing', () => {
    for (const mention of ['robots', 'speech', 'a benchmark', 'safety', 'retrieval', 'time series'])
      expect(topics.classify(text({ abstract: `We briefly mention ${mention} here.` }))).toEqual([]);
  });

  test('aligning features is no safety', () => {
    const title = 'Alignment of features across modalities';
    const abstract = 'We propose feature alignment and temporal alignment of image sequences.';
    expect(under({ title, abstract })).not.toContain('safety');
  });

  test('take no paper into more than four subjects, whatever it says', () => {
    const vocabulary = topics.list.flatMap(({ words }) => Object.keys(words));
    const subjects = new Set(topics.list.filter(({ kind }) => kind === 'subject').map(({ slug }) => slug));
    const some = fc.array(fc.constantFrom(...vocabulary), { maxLength: 40 });
    fc.assert(
      fc.property(some, some, some, (title, abstract, keywords) => {
        const filed = under({ title: title.join(' '), abstract: abstract.join(', '), keywords });
        expect(filed.filter((slug) => subjects.has(slug)).length).toBeLessThanOrEqual(4);
        expect(new Set(filed).size).toBe(filed.length);
      }),
    );
  });

  test('of the wider arXiv go by category alone, cross-lists included', () => {
    expect(under({ categories: ['math.AG'] })).toEqual(['mathematics']);
    expect(under({ categories: ['hep-th', 'gr-qc'] })).toEqual(['physics']);
    expect(under({ categories: ['q-fin.PM', 'stat.AP'] })).toEqual(['statistics', 'economics-and-finance']);
    expect(under({ categories: ['astro-ph.CO', 'quant-ph'] })).toEqual(['astronomy', 'quantum']);
  });

  test('leave to computer science what no subject takes of it', () => {
    expect(under({ title: 'On the width of posets', categories: ['cs.DM'] })).toEqual(['computer-science']);
    expect(under({ title: 'A humanoid robot', categories: ['cs.RO'] })).toEqual(['robotics']);
  });

  test('need no categories, and take them as weak evidence', () => {
    expect(under({ title: 'Robot learning' })).toEqual(under({ title: 'Robot learning', categories: ['cs.RO'] }));
    expect(under({ title: 'Untitled', categories: ['cs.RO'] })).not.toContain('theory');
  });
});

describe('weighing', () => {
  const rule = (over: Partial<TopicRule>): TopicRule => ({
    slug: 'x',
    kind: 'own',
    start: -3,
    words: {},
    weights: {},
    ...over,
  });
  const { classify, nearest } = createClassifier([
    rule({ slug: 'x', words: { 'solar cells': 2.7, sun: 1.1, energy: 1.1, star: -3 } }),
    rule({ slug: 'y', words: { moon: 2.7 } }),
  ]);
  const slugs = (over: Partial<PaperToClassify>) => classify(text(over)).map(({ slug }) => slug);

  test('weak words count only together with others, and some count against', () => {
    expect(slugs({ title: 'Solar Cells' })).toEqual(['x']);
    expect(slugs({ title: 'The sun' })).toEqual([]);
    expect(slugs({ title: 'Energy of the sun' })).toEqual(['x']);
    expect(slugs({ title: 'Energy of the sun', keywords: ['stars'] })).toEqual([]);
  });

  test('says what counted, where, and how much, and what was nearest', () => {
    const paper = text({ title: 'Solar cells', abstract: 'Energy. Energy!', keywords: ['energy'] });
    const [verdict] = classify(paper);
    expect(verdict).toMatchObject({ slug: 'x', score: expect.closeTo(0.87, 1) });
    expect(verdict!.evidence).toEqual([
      { what: 'solar cell', where: 'title', weight: expect.closeTo(3.51) },
      { what: 'energy', where: 'keywords, abstract × 2', weight: expect.closeTo(1.35, 1) },
    ]);
    expect(nearest(paper, 3).map(({ slug }) => slug)).toEqual(['y']);
  });
});

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReferences } from '../../src/subscribers/references.ts';

const BIB = String.raw`% my library
@string{nips = "Advances in Neural Information Processing Systems"}
@comment{ignored}
@inproceedings{vaswani2017, title = {{Attention} Is All You Need}, author = {Vaswani, Ashish and Shazeer, Noam and others},
  booktitle = nips # {, vol. 30}, year = 2017, keywords = {attention, transformers}}
@article(erdos, author = "Paul Erd{\H o}s", title = "On $O(n^2)$ things", journal = {arXiv preprint arXiv:2507.14843v2})
@misc{broken, title = {Never closed, eprint = {2605.26114}
`;

test('reads BibTeX as people write it', async () => {
  const [attention, erdos] = await readReferences(BIB);
  expect(attention).toMatchObject({
    id: null,
    title: 'Attention Is All You Need',
    authors: ['Ashish Vaswani', 'Noam Shazeer'],
    keywords: ['attention', 'transformers'],
  });
  expect(erdos).toMatchObject({ id: 'arxiv:2507.14843', title: 'On O(n²) things', authors: ['Paul Erdős'] });
});

test('reads RIS', async () => {
  const text =
    'TY  - JOUR\r\nTI  - A title\r\nAU  - Doe, Jane\r\nKW  - bandits\r\nUR  - https://arxiv.org/abs/2605.26114\r\nER  - \r\n';
  expect(await readReferences(text)).toEqual([
    { id: 'arxiv:2605.26114', title: 'A title', authors: ['Jane Doe'], keywords: ['bandits'], abstract: '' },
  ]);
});

test('reads CSL-JSON', async () => {
  const item = { title: 'A title', author: [{ family: 'Doe', given: 'Jane' }], DOI: '10.48550/arXiv.2605.26114' };
  expect(await readReferences(JSON.stringify([item, null, 3]))).toEqual([
    { id: 'arxiv:2605.26114', title: 'A title', authors: ['Jane Doe'], keywords: [], abstract: '' },
  ]);
});

const OF_ZOTERO = {
  id: 'arxiv:2605.26114',
  title: 'A title, and more',
  authors: ['Jane Doe', 'OpenAI'],
  keywords: ['bandits'],
};
test.each([
  ['Better BibTeX', (item: object) => ({ config: {}, items: [item, { itemType: 'attachment', title: 'PDF' }] })],
  ['the API of Zotero', (item: object) => [{ key: 'A', data: item }]],
])('reads the JSON of %s', async (_, written) => {
  const item = {
    itemType: 'preprint',
    title: OF_ZOTERO.title,
    creators: [
      { firstName: 'Jane', lastName: 'Doe', creatorType: 'author' },
      { name: 'OpenAI', creatorType: 'author' },
      { firstName: 'Ed', lastName: 'Itor', creatorType: 'editor' },
    ],
    url: 'http://arxiv.org/abs/2605.26114',
    tags: [{ tag: 'bandits' }],
  };
  expect(await readReferences(JSON.stringify(written(item)))).toEqual([{ ...OF_ZOTERO, abstract: '' }]);
});

test.each([',', ';', '\t'])('reads a table of works with %j between its cells', async (separator) => {
  const line = (cells: string[]): string => cells.map((cell) => `"${cell}"`).join(separator);
  const text = [
    line(['Key', 'Author', 'Title', 'Url', 'Abstract Note', 'Manual Tags']),
    line(['A', 'Doe, Jane; OpenAI', 'A title, and more', 'http://arxiv.org/abs/2605.26114', 'two\nlines', 'bandits']),
    line(['B', '', 'Another', '', '', '']),
  ].join('\r\n');
  expect(await readReferences(`\ufeff${text}`)).toEqual([
    { ...OF_ZOTERO, abstract: 'two lines' },
    { id: null, title: 'Another', authors: [], keywords: [], abstract: '' },
  ]);
});

test.each([
  ['Ada Lovelace, Charles Babbage', ['Ada Lovelace', 'Charles Babbage']],
  ['Lovelace, Ada; Babbage, Charles', ['Ada Lovelace', 'Charles Babbage']],
  ['Lovelace, Ada', ['Ada Lovelace']],
  ['van der Berg, Jan Piet', ['Jan Piet van der Berg']],
])('reads the authors %s of a table that a spreadsheet wrote', async (authors, names) => {
  const [found] = await readReferences(`sep=,\r\nTitle,Authors\r\nA title,"${authors}"\r\n`);
  expect(found).toMatchObject({ title: 'A title', authors: names });
});

test('takes what a work calls data for a part of it', async () => {
  expect(await readReferences('[{"title":"T","data":{"foo":1}}]')).toMatchObject([{ title: 'T' }]);
});

test.each([
  '[1] A. Vaswani. Attention. arXiv:1706.03762, 2017.',
  '[Attention](https://arxiv.org/abs/1706.03762)',
  '{"title":"A","url":"https://arxiv.org/abs/1706.03762"}\n{"title":"B"}',
  '[1706.03762]',
])('reads the links of what begins like JSON and is none: %s', async (text) => {
  expect((await readReferences(text)).map(({ id }) => id)).toEqual(['arxiv:1706.03762']);
});

const rdf = (items: string, declared = ''): string => `<?xml version="1.0"?>${declared}
<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">${items}</rdf:RDF>`;
/** As Zotero itself writes it: nothing stands before the root. */
const undeclared = (text: string): string => text.replace(/^<\?xml[^>]*>\n?/, '');
const work = (i: number): string => `
    <bib:Article rdf:about="http://arxiv.org/abs/1706.${10000 + i}">
        <z:itemType>preprint</z:itemType>
        <bib:authors><rdf:Seq>
            <rdf:li><foaf:Person><foaf:surname>Vaswani</foaf:surname><foaf:givenName>Ashish</foaf:givenName></foaf:Person></rdf:li>
            <rdf:li><foaf:Person><foaf:surname>Erd\u0151s &amp; Sons</foaf:surname></foaf:Person></rdf:li>
        </rdf:Seq></bib:authors>
        <link:link rdf:resource="#item_${i}"/>
        <dc:subject><z:AutomaticTag><rdf:value>Computer Science - Learning</rdf:value></z:AutomaticTag></dc:subject>
        <dc:subject>attention</dc:subject>
        <dc:title>Attention on $O(n^2)$, part ${i}</dc:title>
        <dcterms:abstract>We present it. ${'Words of an abstract. '.repeat(60)}</dcterms:abstract>
        <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/abs/1706.${10000 + i}</rdf:value></dcterms:URI></dc:identifier>
        <dc:identifier>DOI 10.48550/arXiv.1706.${10000 + i}</dc:identifier>
    </bib:Article>
    <z:Attachment rdf:about="#item_${i}">
        <z:itemType>attachment</z:itemType>
        <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/pdf/1706.99999</rdf:value></dcterms:URI></dc:identifier>
        <dc:title>arXiv Fulltext PDF</dc:title>
    </z:Attachment>`;

test("reads Zotero's RDF: works, and not what hangs below them", async () => {
  const collection = '<z:Collection rdf:about="#collection_1"><dc:title>Mine</dc:title></z:Collection>';
  const journal = '<bib:Journal rdf:about="urn:issn:1"><dc:title>A journal</dc:title></bib:Journal>';
  const memo = '<bib:Memo rdf:about="#item_9"><rdf:value>&lt;p&gt;A note&lt;/p&gt;</rdf:value></bib:Memo>';
  expect(await readReferences(rdf(work(1) + journal + memo + collection))).toEqual([
    {
      id: 'arxiv:1706.10001',
      title: 'Attention on O(n²), part 1',
      authors: ['Ashish Vaswani', 'Erd\u0151s & Sons'],
      keywords: ['Computer Science - Learning', 'attention'],
      abstract: expect.stringMatching(/^We present it\. /),
    },
  ]);
});

test('reads RDF that begins with its root', async () => {
  const items = `${work(1)}<bib:Book rdf:about="#b"><z:itemType>book</z:itemType><dc:title>Without an id</dc:title></bib:Book>`;
  const found = await readReferences(undeclared(rdf(items)));
  expect(found.map(({ id, title }) => [id, title])).toEqual([
    ['arxiv:1706.10001', 'Attention on O(n²), part 1'],
    [null, 'Without an id'],
  ]);
});

test('reads 500 works of RDF in little time', async () => {
  const text = rdf(Array.from({ length: 500 }, (_, i) => work(i)).join(''));
  const begun = process.cpuUsage();
  expect(await readReferences(text)).toHaveLength(500);
  // Of the processor: what else this machine does is not counted.
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(1_500);
});

test('expands no entity of RDF, and fetches nothing', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const bomb = `<!DOCTYPE r [<!ENTITY l0 "ha">${levels}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;
  for (const entity of ['&l12;', '&file;']) {
    const title = `<dc:title>${entity}</dc:title>`;
    const text = rdf(work(1).replace(/<dc:title>.*?<\/dc:title>/, title), bomb);
    expect(JSON.stringify(await readReferences(text))).not.toMatch(/haha|root:/);
  }
  expect(await readReferences(rdf('<a>'.repeat(100_000)))).toEqual([]);
});

test('reads links and ids from any text, each once', async () => {
  const text = 'See https://arxiv.org/pdf/2605.26114v2, (arXiv:2507.14843) and 2605.26114. Not 12.5 though.';
  expect((await readReferences(text)).map(({ id }) => id)).toEqual(['arxiv:2605.26114', 'arxiv:2507.14843']);
});

test('takes any text, in little time', async () => {
  const pieces = fc.constantFrom(
    '@article{',
    'a,',
    'title',
    '=',
    '{',
    '}',
    '"',
    '#',
    '\\',
    'TY  - ',
    '\n',
    '[',
    ' and ',
    '<rdf:RDF>',
    '<z:itemType>',
    '</z:itemType>',
    '&x;',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), async (parts) => {
      expect(Array.isArray(await readReferences(parts.join('')))).toBe(true);
    }),
  );
  const begun = performance.now();
  await readReferences('@a{k, t = {'.repeat(90_000));
  await readReferences('@a{k, t = "'.repeat(90_000));
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test.each([
  ['braces without an end', `@a{b, title = {${'{'.repeat(20_000)}`],
  ['dollars without an end', `@a{b, title = {${'$ {'.repeat(6_000)}`],
  ['elements that say nothing', rdf('<a/>'.repeat(700_000))],
  ['works that say little', rdf('<a><z:itemType>book</z:itemType><dc:title>x</dc:title></a>'.repeat(50_000))],
  ['blank lines', `Title,Author\n${'\n'.repeat(3_000_000)}`],
  ['lines of a space', `Title,Author\n${' \n'.repeat(1_500_000)}`],
  ['records that cannot be read', `Title,Author\n${'"a"b\n'.repeat(600_000)}`],
  ['lines that nearly name papers', 'a:b/c=d:e/f=g:h/i=j:k/2605.2611x\n'.repeat(90_000)],
  ['records without an end', 'TY  - JOUR\n'.repeat(200_000)],
])('lets others have their turn while it reads 3 MB of %s', async (_, text) => {
  const turns = monitorEventLoopDelay({ resolution: 5 });
  turns.enable();
  while (turns.count === 0) await setTimeout(1); // it measures from one turn to the next
  await readReferences(text.startsWith('@') ? text.repeat(Math.floor(3_000_000 / text.length)) : text);
  await setTimeout(1); // what stood still to the very end is seen when the loop turns again
  turns.disable();
  expect(turns.max / 1e6).toBeLessThan(1_500);
});

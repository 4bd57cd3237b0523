import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorNames } from '../../src/papers/author-names.ts';

describe('the authors of a feed', () => {
  test.each<[string, string[], string[]]>([
    ['one line of names', ['Ada Lovelace, Grace Hopper'], ['Ada Lovelace', 'Grace Hopper']],
    ['one element for each', ['Ada Lovelace', 'Grace Hopper'], ['Ada Lovelace', 'Grace Hopper']],
    [
      'several elements of several names',
      ['Ada Lovelace, Grace Hopper', 'Emmy Noether'],
      ['Ada Lovelace', 'Grace Hopper', 'Emmy Noether'],
    ],
    [
      '"and" before the last',
      ['Ada Lovelace, Grace Hopper, and Emmy Noether'],
      ['Ada Lovelace', 'Grace Hopper', 'Emmy Noether'],
    ],
    ['"and" between two', ['Ada Lovelace and Grace Hopper'], ['Ada Lovelace', 'Grace Hopper']],
    ['"&" between two', ['Ada Lovelace & Grace Hopper'], ['Ada Lovelace', 'Grace Hopper']],
    ['"and" left before a name', ['and Seyed Amir Tafrishi'], ['Seyed Amir Tafrishi']],
    ['a name with "and" in it', ['Anders Andersson, Mandy Anderson'], ['Anders Andersson', 'Mandy Anderson']],
    ['a particle after "and"', ['Ada Lovelace and van Gogh'], ['Ada Lovelace', 'van Gogh']],
    ['an affiliation', ['László Kovács (Budapest, Hungary), Grace Hopper'], ['László Kovács', 'Grace Hopper']],
    ['several affiliations, nested', ['A. B. (MIT (CSAIL), USA; and Yale), C. D. (1 and 2)'], ['A. B.', 'C. D.']],
    ['square brackets', ['A. Bee [1,2], C. Dee [2]'], ['A. Bee', 'C. Dee']],
    ['a bracket without its partner', ['A. Bee (MIT, C. Dee'], ['A. Bee MIT', 'C. Dee']],
    ['"Jr." after a comma', ['Martin King, Jr., Ada Lovelace'], ['Martin King Jr.', 'Ada Lovelace']],
    ['"Jr." inside', ['Eduardo Jr Piedad, Jr-Jen Chen'], ['Eduardo Jr Piedad', 'Jr-Jen Chen']],
    ['"III" and "Ph.D."', ['William Gates, III, Ada Lovelace, Ph.D.'], ['William Gates III', 'Ada Lovelace Ph.D.']],
    [
      '"Jr." of the only author of an element',
      ['Martin King, Jr.', 'Ada Lovelace'],
      ['Martin King Jr.', 'Ada Lovelace'],
    ],
    [
      'family names first, one element each',
      ['Lovelace, Ada', 'van der Berg, Jan', 'Hopper, G. M.'],
      ['Ada Lovelace', 'Jan van der Berg', 'G. M. Hopper'],
    ],
    ['family names first, semicolons', ['Lovelace, Ada; Hopper, Grace'], ['Ada Lovelace', 'Grace Hopper']],
    ['one family name first', ['Lovelace, Ada'], ['Ada Lovelace']],
    [
      'a collaboration',
      ['Ada Lovelace (for the ATLAS Collaboration)', 'Grace Hopper'],
      ['Ada Lovelace', 'Grace Hopper'],
    ],
    [
      'an author for a collaboration',
      ['Ada Lovelace for the ATLAS Collaboration'],
      ['Ada Lovelace', 'ATLAS Collaboration'],
    ],
    [
      'authors on behalf of one',
      ['Ada Lovelace, Grace Hopper on behalf of the CMS Collaboration'],
      ['Ada Lovelace', 'Grace Hopper', 'CMS Collaboration'],
    ],
    [
      'a collaboration and its authors',
      ['ATLAS Collaboration: Ada Lovelace, Grace Hopper'],
      ['ATLAS Collaboration', 'Ada Lovelace', 'Grace Hopper'],
    ],
    [
      'what is left of one',
      [':', 'the LSST Dark Energy Science Collaboration'],
      ['LSST Dark Energy Science Collaboration'],
    ],
    ['two collaborations', ['ATLAS and CMS Collaborations'], ['ATLAS and CMS Collaborations']],
    [
      'an institution with "and"',
      ['Institute of Science and Technology, Ada Lovelace'],
      ['Institute of Science and Technology', 'Ada Lovelace'],
    ],
    ['a team', ['Gemma Team, Ada Lovelace'], ['Gemma Team', 'Ada Lovelace']],
    ['"et al."', ['Ada Lovelace, et al.'], ['Ada Lovelace']],
    ['one word', ['Madonna'], ['Madonna']],
    ['nothing', ['', ' , ,'], []],
  ])('%s', (_, creators, names) => expect(authorNames(creators)).toEqual(names));

  test('whatever comes in, nothing is thrown and no name is empty', () => {
    const piece = fc.oneof(
      fc.constantFrom('Ada', ' ', ',', ';', ':', '(', ')', ' and ', ' for the ', 'Collaboration', 'Jr.', '[', ']'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
          { maxLength: 4 },
        ),
        (lines) => {
          for (const name of authorNames(lines)) expect(name).toMatch(/\p{L}/u);
        },
      ),
    );
  });

  test.each(['(', ')', '()', ' and ', ' for the ', 'a for the ', ', Jr.', ';', ':', ' '])(
    'a hundred kilobytes of %j take no longer than their share',
    (piece) => {
      const start = process.cpuUsage().user;
      authorNames([piece.repeat(100_000 / piece.length)]);
      expect((process.cpuUsage().user - start) / 1000).toBeLessThan(500);
    },
  );
});

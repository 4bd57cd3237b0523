import { expect, test } from 'vitest';
import { suggestionFor } from '../../src/subscribers/suggest.ts';

test.each([
  ['ada@gmial.com', 'ada@gmail.com'],
  ['ada@gmai.com', 'ada@gmail.com'],
  ['ada@gmaill.com', 'ada@gmail.com'],
  ['ada@gnail.com', 'ada@gmail.com'],
  ['ada@gmail.co', 'ada@gmail.com'],
  ['ada@gmail.con', 'ada@gmail.com'],
  ['Ada@GMIAL.com', 'Ada@gmail.com'],
  ['ada@hotmial.com', 'ada@hotmail.com'],
  ['ada@yaho.com', 'ada@yahoo.com'],
  ['ada@outlok.com', 'ada@outlook.com'],
  ['ada@iclod.com', 'ada@icloud.com'],
  ['ada@t-onlin.de', 'ada@t-online.de'],
])('%s was probably meant to be %s', (typed, meant) => expect(suggestionFor(typed)).toBe(meant));

test.each([
  'ada@gmail.com',
  'ada@mail.com',
  'ada@email.com',
  'ada@ymail.com',
  'ada@yahoo.de',
  'ada@yahoo.com.br',
  'ada@hotmail.fr',
  'ada@proton.de',
  'ada@libero.at',
  'ada@example.org',
  'ada@gmx.de',
  'ada@ox.ac.uk',
  'ada@mail.gmial.com',
  'gmial.com',
  'ada@',
  '',
])('%s is asked about no further', (typed) => expect(suggestionFor(typed)).toBeNull());

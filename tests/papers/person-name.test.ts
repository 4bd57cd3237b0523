import { expect, test } from 'vitest';
import { authorNameOf, invertedName } from '../../src/papers/person-name.ts';

test.each([
  ['Ada Lovelace', 'Lovelace, Ada'],
  ['Émilie du Châtelet', 'du Châtelet, Émilie'],
  ['Laurens van der Maaten', 'van der Maaten, Laurens'],
  ['Guy Van den Broeck', 'Van den Broeck, Guy'],
  ['Luc Van Gool', 'Van Gool, Luc'],
  ['Yann Le Cun', 'Le Cun, Yann'],
  ['Linh Van Nguyen', 'Nguyen, Linh Van'],
  ['Le Zhang', 'Zhang, Le'],
  ['Van Anh', 'Anh, Van'],
  ['Sammy Davis Jr.', 'Davis, Sammy, Jr.'],
  ['Robert Tarjan III', 'Tarjan, Robert, III'],
  ['Quoc V. Le', 'Le, Quoc V.'],
  ['Sung Ju Hwang', 'Hwang, Sung Ju'],
  ['José García-Pérez', 'García-Pérez, José'],
  ['Davis, Jr., Sammy', 'Davis, Sammy, Jr.'],
  ['  Ada \n Lovelace ', 'Lovelace, Ada'],
])('%j is %j in an index', (name, inverted) => {
  expect(invertedName(authorNameOf(name))).toBe(inverted);
});

test.each(['OpenAI', 'ATLAS Collaboration', 'Qwen Team', 'Team GLM', 'Institute of Things', 'Llama 3 authors', '张伟'])(
  '%j names a group, or is one word, and is not taken apart',
  (name) => {
    expect(authorNameOf(name)).toEqual({ literal: name });
  },
);

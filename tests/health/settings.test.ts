import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { judgeAdminToken } from '../../src/health/machine.ts';

test.each([
  [undefined, null],
  ['a word of sixteen', null],
  ['sixteen letters.', null],
  ['fifteen letters', 'look'],
  ['x', 'look'],
])('a desk opened by %j is told of when the word is short, and the word is not', (token, verdict) => {
  const found = judgeAdminToken(loadConfig({ PAPERBOY_DATA: '/nowhere', ...(token && { ADMIN_TOKEN: token }) }));
  expect(found.map((finding) => finding.verdict)).toEqual(verdict === null ? [] : [verdict]);
  if (token === 'fifteen letters') expect(JSON.stringify(found)).not.toContain(token);
  for (const { remedy } of found) expect(remedy).toContain('openssl rand');
});

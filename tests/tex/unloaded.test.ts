import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const TEX = pathToFileURL(path.join(import.meta.dirname, '..', '..', 'src', 'tex')).href;
/** A process whose installation lacks what renders TeX says what it can make. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(name, context, next) {
      if (name === 'temml') throw new Error('temml is not there');
      return next(name, context);
    },
  });
  const { texToHtml } = await import('${TEX}/mathml.ts');
  const { meaningOf } = await import('${TEX}/meaning.ts');
  const made = (make) => { try { return make(); } catch (error) { return error.message; } };
  console.log(JSON.stringify([
    made(() => texToHtml('R and D', 'R and D')),
    made(() => texToHtml('$n^2$', 'n²')),
    made(() => meaningOf('lessapprox')),
  ]));`;

test('where what renders TeX cannot be loaded, formulas fail aloud and are not taken for unknown ones', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(['R and D', 'temml is not there', 'temml is not there']);
});

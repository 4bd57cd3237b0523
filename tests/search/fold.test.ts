import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, joined, nameKey, wordsOf } from '../../src/search/fold.ts';

describe('one spelling for many', () => {
  test.each([
    ['kv-cache', 'kv cache'],
    ['kv cache', 'kv cache'],
    ['KV‑Cache', 'kv cache'],
    ['KVCache', 'kv cache'],
    ['ImageNet', 'image net'],
    ['LoRA', 'lora'],
    ['OpenAI', 'openai'],
    ['π₀', 'pi0'],
    ['pi0', 'pi0'],
    ['π_0', 'pi0'],
    ['$\\pi_0$', 'pi0'],
    ['\\pi_{0}', 'pi0'],
    ['π0.5', 'pi0 5'],
    ['α-divergence', 'alpha divergence'],
    ['Müller', 'muller'],
    ['Mu\u0308ller', 'muller'],
    ['Łukasz Kaiser', 'lukasz kaiser'],
    ['Søren Straße Æsop Đặng ışık', 'soren strasse aesop dang isik'],
    ['ＦＵＬＬ　ｗｉｄｔｈ', 'full width'],
    ['H₂O and E=mc²', 'h2o and e mc2'],
    ['O’Brien', 'obrien'],
    ['Node.js', 'node js'],
    ['Йогурт', 'иогурт'],
    ['大模型', '大模型'],
    ['', ''],
    ['  ...!?', ''],
  ])('%s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });
  test('English alone is read as it is beside another language', () => {
    const english = fc.string({ unit: 'binary-ascii' });
    fc.assert(
      fc.property(english, (text) => {
        expect([...wordsOf(text), { parts: ['モデル'] }]).toEqual(wordsOf(`${text} モデル`));
      }),
    );
  });
  test('what is put together is one word too', () => {
    expect(wordsOf('kv-cache of KVCache').map(joined)).toEqual(['kvcache', null, 'kvcache']);
  });
  test.each([
    ['José García-Pérez', 'jose-garcia-perez'],
    ['Yann LeCun', 'yann-lecun'],
    ['J. K. Smith', 'j-k-smith'],
    ["Conan O'Brien", 'conan-obrien'],
    ['Łukasz Kaiser', 'lukasz-kaiser'],
    ['清华大学', '清华大学'],
    ['...', ''],
  ])('%s has the key %s', (name, key) => {
    expect(nameKey(name)).toBe(key);
  });
  test('whatever is folded stays as it is when it is folded again, and so do keys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
        expect(nameKey(nameKey(text))).toBe(nameKey(text));
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { strengthOf, termFinder, termOf, words } from '../../src/papers/terms.ts';

test.each([
  ['TerminalWorld: a world', ['terminal', 'world', 'a', 'world']],
  ['MLLMs, GPUs and 3D scenes', ['mllm', 'gpu', 'and', '3d', 'scene']],
  ['LoRA and CoT', ['lora', 'and', 'cot']],
  ['text-to-image', ['text', 'to', 'image']],
  ['analysis of bias', ['analysis', 'of', 'bia']],
  ['π₀ für Roboter', ['π₀', 'für', 'roboter']],
  ['', []],
])('the words of "%s"', (text, expected) => expect(words(text)).toEqual(expected));

test('a term has one form, however often it is looked for, and no text is too wild', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => termOf(termOf(text)) === termOf(text)));
});

test('terms are found as whole words, the longer ones besides the shorter', () => {
  const terms = ['agent', 'llm agent', 'agent memory'];
  const found: string[] = [];
  termFinder(terms)(words('LLM agents need memory; agent-memory does; reagents do not'), (n) => found.push(terms[n]!));
  expect(found).toEqual(['llm agent', 'agent', 'agent', 'agent memory']);
});

test('the title weighs more than keywords, and those more than one mention in the abstract', () => {
  const use = { title: false, keywords: false, abstract: 0 };
  const [title, keyword, once, often] = [
    { ...use, title: true },
    { ...use, keywords: true },
    { ...use, abstract: 1 },
    { ...use, abstract: 90 },
  ].map(strengthOf) as [number, number, number, number];
  expect(title).toBeGreaterThan(keyword);
  expect(keyword).toBeGreaterThan(once);
  expect(strengthOf({ ...use, abstract: 5 })).toBe(often);
});

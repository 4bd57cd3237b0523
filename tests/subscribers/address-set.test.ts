import { expect, test } from 'vitest';
import { AddressSet } from '../../src/subscribers/address-set.ts';

test('a set of addresses knows each that it was given, however many, and however capitalised', () => {
  const set = new AddressSet();
  const addresses = Array.from({ length: 20_000 }, (_, i) => `reader${i}@example.org`);
  expect(addresses.every((address) => set.add(address))).toBe(true);
  expect(addresses.some((address) => set.add(address))).toBe(false);
  expect(set.add('READER7@example.org')).toBe(false);
  expect(set.add('other@example.org')).toBe(true);
});

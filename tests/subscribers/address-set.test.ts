import { expect, test } from 'vitest';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { AddressSet } from '../../src/subscribers/address-set.ts';

const KEYRING = createKeyring(['k'.repeat(32)]);
const addressHash = (address: string): Buffer => KEYRING.hashesOf(address)[0]!;

test('a set of addresses knows each that it was given, however many', () => {
  const set = new AddressSet();
  const hashes = Array.from({ length: 20_000 }, (_, i) => addressHash(`reader${i}@example.org`));
  expect(hashes.every((hash) => set.add(hash))).toBe(true);
  expect(hashes.some((hash) => set.add(hash))).toBe(false);
  expect(set.add(addressHash('READER7@example.org'))).toBe(false);
  expect(set.add(addressHash('other@example.org'))).toBe(true);
});

test('a hash of zeros is one like any other', () => {
  const set = new AddressSet();
  expect([set.add(Buffer.alloc(32)), set.add(Buffer.alloc(32))]).toEqual([true, false]);
});

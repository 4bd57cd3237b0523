import { hash } from 'node:crypto';

/** A quarter of the slots stays free, so that a search is short. */
const FULLEST = 0.75;
const FIRST_SLOTS = 1 << 12;

/**
 * Which addresses a file has held so far, by the first eight bytes of their hashes: sixteen bytes
 * for each, where a set of strings takes a hundred. Among a million, two share eight bytes once in
 * thirty million files.
 */
export class AddressSet {
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  #size = 0;

  /** Adds an address, however it is capitalised. Returns whether it is new. */
  add(address: string): boolean {
    const hashed = hash('sha256', address.toLowerCase());
    if (this.#size >= FULLEST * (this.#slots.length / 2)) this.#grow();
    const added = place(this.#slots, parseInt(hashed.slice(0, 8), 16), parseInt(hashed.slice(8, 16), 16) || 1);
    if (added) this.#size++;
    return added;
  }

  #grow(): void {
    const smaller = this.#slots;
    this.#slots = new Uint32Array(2 * smaller.length);
    for (let at = 0; at < smaller.length; at += 2)
      if (smaller[at + 1] !== 0) place(this.#slots, smaller[at]!, smaller[at + 1]!);
  }
}

/** Writes a key into the next free slot, unless it stands there. `high` is never 0: that is free. */
function place(slots: Uint32Array, low: number, high: number): boolean {
  const last = slots.length - 1;
  for (let at = (low * 2) & last; ; at = (at + 2) & last) {
    if (slots[at + 1] === 0) {
      slots[at] = low;
      slots[at + 1] = high;
      return true;
    }
    if (slots[at] === low && slots[at + 1] === high) return false;
  }
}

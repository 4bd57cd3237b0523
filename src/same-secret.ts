import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares secrets of any length in the same time. */
export const sameSecret = (given: string, wanted: string): boolean => timingSafeEqual(hashOf(given), hashOf(wanted));

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

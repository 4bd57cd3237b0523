import { type BrandPart, DEFAULT_BRAND } from '../../src/brand/brand.ts';
import { DEFAULT_LOOK, type Look } from '../../src/brand/look.ts';

/** The look that ships, with another brand. */
export const lookOf = (part: BrandPart): Look => ({
  ...DEFAULT_LOOK,
  brand: { ...DEFAULT_BRAND, ...part },
  version: JSON.stringify(part),
});
export const lookNamed = (name: string): Look => lookOf({ name });

/** A header section: the values of each name, in small letters, in their order. */
export type Headers = ReadonlyMap<string, readonly string[]>;

export const first = (headers: Headers | null, name: string): string => headers?.get(name)?.[0]?.trim() ?? '';

/**
 * What `make` makes, made when it is first asked for: for what takes a moment to load or to make, and
 * is not needed by most starts.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { it: T } | null = null;
  return () => (made ??= { it: make() }).it;
}

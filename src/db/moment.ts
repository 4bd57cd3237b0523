/** A moment as the driver gives it within a statement of our own: as text, or `null`. */
export const momentOf = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

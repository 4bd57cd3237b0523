/** What of the scratch database a page is asked about. */
export interface Asked {
  /** The newest day with a digest. */
  date: string;
  /** The first day whose edition is not frozen. */
  next: string;
  /** A reader with a delivery on every day. */
  reader: number;
}

/** Every page of the desk that is measured, below /admin. */
export const DESK_PAGES: readonly ((asked: Asked) => string)[] = [
  () => '',
  () => '/editions',
  ({ next }) => `/editions/${next}`,
  ({ date }) => `/editions/${date}`,
  ({ date }) => `/editions/${date}/mail`,
  () => '/readers',
  () => '/readers?state=active',
  ({ reader }) => `/readers/${reader}`,
  ({ reader, date }) => `/readers/${reader}/mail/${date}`,
  () => '/readers/import',
  () => '/numbers?by=day',
  () => '/numbers?by=week',
  () => '/numbers?by=month',
  () => '/numbers.csv?by=month',
  () => '/sources',
  () => '/topics',
  () => '/topics/robotics',
  () => '/health',
  () => '/settings',
  () => '/keys',
  () => '/webhooks',
  () => '/trail',
];

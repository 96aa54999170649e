/** What a new visit begins with: what is known where one asked for it. */
export interface Wanted {
  date: string;
  /** When, as a moment. */
  start?: string;
  staff?: string;
  room?: string;
  customer?: { id: string; name: string };
}

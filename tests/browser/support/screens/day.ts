import { at, dialog, type Screen } from './screen';

/** The day, the week and the month. As an owner. */
export const DAY: Screen[] = [
  at('/app', '.ledger, .list .empty'),
  dialog('/app', '.tools button'),
  at('/app/week', '.grid .meter'),
  at('/app/month/2026-11-01', '.grid .meter'),
];

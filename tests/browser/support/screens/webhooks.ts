import type { Screen } from './screen';

export const WEBHOOKS: Screen[] = [];

import type { Screen } from './screen';

export const DAY: Screen[] = [];

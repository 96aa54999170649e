import type { Screen } from './screen';

export const MESSAGING: Screen[] = [];

import type { Screen } from './screen';

export const RULES: Screen[] = [];

import type { Screen } from './screen';

export const PEOPLE: Screen[] = [];

import type { Screen } from './screen';

export const PLACES: Screen[] = [];

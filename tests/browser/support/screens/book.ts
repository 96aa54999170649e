import type { Screen } from './screen';

export const BOOK: Screen[] = [];

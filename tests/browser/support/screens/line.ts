import type { Screen } from './screen';

export const LINE: Screen[] = [];

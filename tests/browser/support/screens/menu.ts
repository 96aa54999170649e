import type { Screen } from './screen';

export const MENU: Screen[] = [];

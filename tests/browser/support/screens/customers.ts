import type { Screen } from './screen';

export const CUSTOMERS: Screen[] = [];

import type { Screen } from './screen';

export const QUEUE: Screen[] = [];

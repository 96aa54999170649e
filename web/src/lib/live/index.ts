export { Live } from './live';
export type { Options, State, Watcher } from './live';
export type { Greeting, LiveError, LiveItem, Wish } from './messages';
export type { Items } from './shown';

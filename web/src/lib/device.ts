// The little that this device remembers. Never tokens: the session lives in a cookie that scripts
// can't read.

import { device } from './store';

const KNOWN = 'openchair.known';
const LEAVING = 'openchair.leaving';
const THEME = 'openchair.theme';

export type Theme = 'system' | 'light' | 'dark';

/** Whether somebody is probably signed in here, so that anonymous pages needn't ask in vain. */
export function known(): boolean {
  return device.get(KNOWN) === '1';
}

export function remember(signedIn: boolean): void {
  device.set(KNOWN, signedIn ? '1' : null);
  if (signedIn) device.set(LEAVING, null);
}

/** Whether somebody signed out here while nobody heard it. */
export function leaving(): boolean {
  return device.get(LEAVING) === '1';
}

/** They are signed out as soon as somebody hears it. */
export function leaveLater(): void {
  device.set(LEAVING, '1');
}

export function theme(): Theme {
  const value = device.get(THEME);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function useTheme(value: Theme): void {
  if (value === 'system') {
    device.set(THEME, null);
    delete document.documentElement.dataset['theme'];
  } else {
    device.set(THEME, value);
    document.documentElement.dataset['theme'] = value;
  }
}

/** Colours the page in a shop's hue. */
export function useHue(hue: number): void {
  document.documentElement.style.setProperty('--hue', String(hue));
}

/** Takes the secret out of the address (`#token`), so that it stays in no history. */
export function takeToken(): string {
  const token = decodeURIComponent(location.hash.slice(1));
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** A return path is followed only within the staff pages: never to another site. */
export function returnPath(wish: string | null): string {
  return wish && /^\/app(\/|\?|$)/.test(wish) ? wish : '/app';
}

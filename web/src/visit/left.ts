import { numbers } from '$lib/intl';

export type Left = { minutes: number; seconds: number; told: (locale: string) => string };

/** What is left of a time that is kept: nothing once it is over. */
export function left(until: string, now: number): Left | undefined {
  const rest = Math.floor((Date.parse(until) - now) / 1000);
  if (rest <= 0) return undefined;
  const minutes = Math.floor(rest / 60);
  const seconds = rest % 60;
  const told = (locale: string) => {
    const whole = numbers(locale).format(minutes);
    return `${whole}:${numbers(locale, { minimumIntegerDigits: 2 }).format(seconds)}`;
  };
  return { minutes, seconds, told };
}

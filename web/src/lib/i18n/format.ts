// Messages are ICU's small core: {name} and {count, plural, one {# day} other {# days}}.

import { numbers, plurals } from '../intl';

export type Vars = Record<string, string | number>;
export type Part = { text: string } | { name: string; value: string };

/** Splits a message into its text and its variables' values, so that names can be wrapped. */
export function parts(message: string, vars: Vars, locale: string): Part[] {
  const out: Part[] = [];
  let text = '';
  for (let at = 0; at < message.length; at += 1) {
    if (message[at] !== '{') {
      text += message[at];
      continue;
    }
    const end = closing(message, at);
    const inside = message.slice(at + 1, end);
    const plural = /^(\w+),\s*plural,\s*/.exec(inside);
    const inner = plural?.[1]
      ? parts(choose(inside.slice(plural[0].length), Number(vars[plural[1]]), locale), vars, locale)
      : [{ name: inside, value: String(vars[inside] ?? '') }];
    out.push({ text }, ...inner);
    text = '';
    at = end;
  }
  out.push({ text });
  return out.filter((part) => !('text' in part) || part.text !== '');
}

/** A message as one string. */
export function format(message: string, vars: Vars, locale: string): string {
  if (!message.includes('{')) return message;
  return parts(message, vars, locale)
    .map((part) => ('text' in part ? part.text : part.value))
    .join('');
}

/** The names of all variables of a message, for the test that compares catalogues. */
export function variables(message: string): string[] {
  const names = new Set<string>();
  for (const [, name] of message.matchAll(/\{(\w+)(?:\}|,\s*plural)/g)) names.add(name as string);
  return [...names].sort();
}

function closing(message: string, from: number): number {
  let depth = 0;
  for (let at = from; at < message.length; at += 1) {
    if (message[at] === '{') depth += 1;
    if (message[at] === '}' && (depth -= 1) === 0) return at;
  }
  throw new Error(`unbalanced message: ${message}`);
}

function choose(forms: string, count: number, locale: string): string {
  const found: Record<string, string> = {};
  for (let at = 0; at < forms.length; ) {
    const open = forms.indexOf('{', at);
    if (open < 0) break;
    const end = closing(forms, open);
    found[forms.slice(at, open).trim()] = forms.slice(open + 1, end);
    at = end + 1;
  }
  const form = found[`=${count}`] ?? found[plurals(locale).select(count)] ?? found['other'] ?? '';
  return form.replaceAll('#', numbers(locale).format(count));
}

import type { Schema } from '$lib/api/types';

type Type = Schema<'WebhookEventTypeView'>;
export type Preset = Schema<'WebhookPreset'>;
export const PRESETS: readonly Preset[] = ['standard', 'ghl_nested', 'ghl_flat'];

/** Types by what they are about ("appointment"), in the order in which the server names them. */
export function grouped(types: readonly Type[], preset: Preset): [string, string[]][] {
  const out = new Map<string, string[]>();
  for (const { name, presets } of types) {
    if (!presets.includes(preset)) continue;
    const group = name.split('.')[0] ?? '';
    out.set(group, [...(out.get(group) ?? []), name]);
  }
  return [...out];
}

/** All that a preset has words for. */
export function known(types: readonly Type[], preset: Preset): string[] {
  return types.filter(({ presets }) => presets.includes(preset)).map(({ name }) => name);
}

/** A whole group is chosen, or let go where all of it was. */
export function toggled(chosen: readonly string[], group: readonly string[]): string[] {
  const all = group.every((each) => chosen.includes(each));
  return all ? chosen.filter((each) => !group.includes(each)) : [...new Set([...chosen, ...group])];
}

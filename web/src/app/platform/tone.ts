export type Tone = 'off' | 'on' | 'good' | 'warn' | 'bad';
export interface Sign {
  tone: Tone;
  glyph: string;
}

import type { Tone } from '../tone';

export interface Sign {
  tone: Tone;
  glyph: string;
}

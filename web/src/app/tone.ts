/** How something stands. It only colours a glyph: words stand beside it. */
export type Tone = 'off' | 'wait' | 'on' | 'good' | 'warn' | 'bad';

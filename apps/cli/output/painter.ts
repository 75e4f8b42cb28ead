import { styleText } from 'node:util';

export interface Painter {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

type Style = Parameters<typeof styleText>[0];

/** Colours for a terminal; the text as it is for anything else. Meaning never rests on colour alone. */
export function painter(colour: boolean): Painter {
  const paint = (style: Style) => (text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  return {
    strong: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    warn: paint('yellow'),
    bad: paint('red'),
  };
}

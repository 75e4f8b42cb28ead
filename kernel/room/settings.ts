import { type Static, type TObject, type TSchema, Type } from 'typebox';

/** What an operator reads about a setting, and what is checked of it before the start. */
export interface SettingNotes {
  /** For `.env.example` and the settings page: what it is, in whole sentences. */
  readonly doc: string;
  /** Shown where there is no default. */
  readonly example?: string;
  /** Production does not start without it. */
  readonly production?: true;
  /** The value is the path of a file that must be readable; `certificates`: of PEM certificates, none of a demonstration. */
  readonly file?: 'text' | 'certificates';
  /** A service outside: `doctor` looks whether it can be reached. */
  readonly service?: true;
  /** What is wrong with a value that has not this form, after the setting's name. */
  readonly rule?: string;
}

/** A setting as the configuration reads it: everything is text in the environment. */
export interface SettingSchema extends TSchema {
  readonly pattern?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly notes: SettingNotes;
  readonly least?: number;
  readonly most?: number;
}

/** The settings of one room, or of the host. */
export interface RoomSettings {
  /** Heading in `.env.example`. */
  readonly title: string;
  /** By environment variable. */
  readonly schema: TObject;
  /** Faults that only several settings together show; each begins with a setting's name. Called when each alone is right. */
  readonly faults?: (env: Readonly<Record<string, string | undefined>>, mode: Mode) => readonly string[];
}

export type Mode = 'demonstration' | 'production';

/** `true` or `false`. */
export const flag = (fallback: boolean, notes: SettingNotes) =>
  choice(['true', 'false'], fallback ? 'true' : 'false', notes);

/** `true` or `false`; what its absence means is told in its notes. */
export const optionalFlag = (notes: SettingNotes) => Type.Optional(Type.Enum(['true', 'false'], { notes }));

/** An address that begins with http:// or https://. */
export const url = (notes: SettingNotes) =>
  Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s/]+(/\\S*)?$',
      notes: { rule: 'must be an http or https address', ...notes },
    }),
  );

export const text = (notes: SettingNotes) => Type.Optional(Type.String({ minLength: 1, notes }));

export const textWithDefault = (fallback: string, notes: SettingNotes) =>
  Type.String({ minLength: 1, default: fallback, notes });

/** Text of a form; without `fallback` it may be left out. */
export const form = (pattern: string, notes: SettingNotes & { readonly rule: string }) =>
  Type.Optional(Type.String({ pattern, notes }));

/** A whole number within both limits. */
export const whole = (fallback: number, least: number, most: number, notes: SettingNotes) =>
  Type.String({ pattern: '^\\d+$', default: String(fallback), least, most, notes });

/** A port; 0 for any free one. */
export const port = (notes: SettingNotes) =>
  Type.Optional(Type.String({ pattern: '^\\d+$', least: 0, most: 65_535, notes }));

/** One of some words. */
export const choice = <const Words extends readonly string[]>(
  words: Words,
  fallback: Words[number],
  notes: SettingNotes,
) => Type.Unsafe<Words[number]>(Type.Enum([...words], { default: fallback, notes }));

/** The values of `settings` among all: the configuration has checked them. */
export function valuesOf<Schema extends TObject>(
  _schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Static<Schema> {
  return env as Static<Schema>;
}

import type { RawFile } from './raw-file.ts';
import {
  isArray,
  isDictionary,
  nameOf,
  type RawDictionary,
  RawRef,
  RawSyntaxError,
  RawText,
  type RawValue,
} from './raw-syntax.ts';

/** Which optional content is on paper (ISO 32000-1, 8.11). */
export interface Layers {
  /** Is a group, known by `layerKey` of its dictionary, printed? Undefined: alike groups differ. */
  printed(key: string): boolean | undefined;
  /** Is what belongs to a group or membership printed? */
  shows(owner: RawValue | undefined): boolean;
  /** Alike groups, of which some are printed and some are not: the print file could not tell them apart. */
  readonly ambiguous: boolean;
}

const MOST_EXPRESSION = 32;

/** The layers of a document; undefined when it has none. Throws `RawSyntaxError` when they cannot be read. */
export function readLayers(raw: RawFile): Layers | undefined {
  const properties = raw.resolve(raw.catalog.get('OCProperties'));
  if (properties === null && !(raw.catalog.get('OCProperties') instanceof RawRef)) return undefined;
  if (!isDictionary(properties)) throw new RawSyntaxError('no layers');
  const config = dictionaryOf(raw, properties.get('D'));
  const state = printState(raw, config);
  const byKey = new Map<string, boolean | undefined>();
  for (const group of arrayOf(raw, properties.get('OCGs'))) {
    if (!(group instanceof RawRef)) continue;
    const key = layerKey(dictionaryOf(raw, group));
    const printed = state.of(group.number);
    byKey.set(key, !byKey.has(key) || byKey.get(key) === printed ? printed : undefined);
  }
  return {
    printed: (key) => (byKey.has(key) ? byKey.get(key) : state.base),
    shows: (owner) => shows(raw, state.of, owner),
    ambiguous: [...byKey.values()].includes(undefined),
  };
}

/** What stays the same when a group is copied into another file. */
export function layerKey(group: RawDictionary): string {
  return JSON.stringify([group.get('Name'), group.get('Intent'), group.get('Usage')].map(withoutReferences));
}

function withoutReferences(value: RawValue | undefined): unknown {
  if (value instanceof RawRef) return '*';
  if (value instanceof RawText) return ['text', value.bytes];
  if (isArray(value)) return value.map(withoutReferences);
  if (!isDictionary(value)) return value ?? null;
  return [...value]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, entry]) => [key, withoutReferences(entry)]);
}

interface States {
  readonly base: boolean;
  of(group: number): boolean;
}

/**
 * The state that the default configuration gives each group for printing: `BaseState`, `ON`, `OFF` (8.11.4.3), then
 * the usage of the groups that an `AS` entry names for the event `Print` (8.11.4.5).
 */
function printState(raw: RawFile, config: RawDictionary): States {
  const base = nameOf(raw.resolve(config.get('BaseState'))) !== 'OFF';
  const states = new Map<number, boolean>();
  const put = (list: RawValue | undefined, printed: boolean) => {
    for (const group of arrayOf(raw, list)) if (group instanceof RawRef) states.set(group.number, printed);
  };
  put(config.get('ON'), true);
  put(config.get('OFF'), false);
  for (const entry of arrayOf(raw, config.get('AS'))) {
    const usage = dictionaryOf(raw, entry);
    if (nameOf(raw.resolve(usage.get('Event'))) !== 'Print') continue;
    for (const group of arrayOf(raw, usage.get('OCGs'))) {
      const wanted = group instanceof RawRef ? usageState(raw, dictionaryOf(raw, group), usage) : undefined;
      if (wanted !== undefined) states.set((group as RawRef).number, wanted);
    }
  }
  return { base, of: (group) => states.get(group) ?? base };
}

/** Off when one of the categories recommends it, on when they recommend anything, else as it was. */
function usageState(raw: RawFile, group: RawDictionary, application: RawDictionary): boolean | undefined {
  const usage = dictionaryOf(raw, group.get('Usage'));
  const states = arrayOf(raw, application.get('Category')).flatMap((category) => {
    const name = nameOf(raw.resolve(category)) ?? '';
    const state = nameOf(raw.resolve(dictionaryOf(raw, usage.get(name)).get(`${name}State`)));
    return state === undefined ? [] : [state !== 'OFF'];
  });
  return states.length === 0 ? undefined : states.every(Boolean);
}

function shows(raw: RawFile, stateOf: (group: number) => boolean, owner: RawValue | undefined): boolean {
  const dictionary = raw.resolve(owner);
  if (!isDictionary(dictionary)) return true;
  if (nameOf(raw.resolve(dictionary.get('Type'))) !== 'OCMD')
    return owner instanceof RawRef ? stateOf(owner.number) : true;
  const expression = raw.resolve(dictionary.get('VE'));
  if (isArray(expression)) return evaluate(raw, stateOf, expression, 0);
  const groups = dictionary.get('OCGs');
  const list =
    groups instanceof RawRef && isDictionary(raw.resolve(groups)) ? [groups] : arrayOf(raw, groups);
  // Groups that are gone count for nothing, and without any the content shows (8.11.2.2).
  const states = list.flatMap((group) =>
    group instanceof RawRef && isDictionary(raw.resolve(group)) ? [stateOf(group.number)] : [],
  );
  if (states.length === 0) return true;
  switch (nameOf(raw.resolve(dictionary.get('P')))) {
    case 'AllOn':
      return states.every((on) => on);
    case 'AnyOff':
      return states.some((on) => !on);
    case 'AllOff':
      return states.every((on) => !on);
    default:
      return states.some((on) => on);
  }
}

/** A visibility expression (8.11.2.2): `[/And …]`, `[/Or …]`, `[/Not x]` of groups and expressions. */
function evaluate(
  raw: RawFile,
  stateOf: (group: number) => boolean,
  [operator, ...operands]: readonly RawValue[],
  depth: number,
): boolean {
  if (depth > MOST_EXPRESSION) return true;
  const values = operands.map((operand) => {
    const value = raw.resolve(operand);
    if (isArray(value)) return evaluate(raw, stateOf, value, depth + 1);
    return operand instanceof RawRef ? stateOf(operand.number) : true;
  });
  const name = nameOf(raw.resolve(operator));
  if (name === 'Not') return !values[0];
  return name === 'Or' ? values.some(Boolean) : values.every(Boolean);
}

function dictionaryOf(raw: RawFile, value: RawValue | undefined): RawDictionary {
  const found = raw.resolve(value);
  return isDictionary(found) ? found : new Map<string, RawValue>();
}

function arrayOf(raw: RawFile, value: RawValue | undefined): readonly RawValue[] {
  const found = raw.resolve(value);
  return isArray(found) ? found : [];
}

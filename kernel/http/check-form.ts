import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { FieldError } from '../errors/index.ts';
import { ruleText } from './rule-text.ts';

/** One violation as the schema library tells it (the keywords of JSON Schema). */
interface Violation {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The library tells eight faults unless told otherwise, and we tell all; who breaks more has not read the interface. */
Settings.Set({ maxErrors: 100 });
/** Mending a fault may show another below it. */
const MOST_ROUNDS = 5;

/**
 * Compiles `schema` once; the function returned answers every field of its argument that breaks the form and how, in
 * words, nothing when all is well. Fields are JSON pointers. Unknown properties are let through: clients may be newer
 * than we (see `unknownFieldWarnings`).
 */
export function formFaults(schema: TSchema): (value: unknown) => readonly FieldError[] {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    const violations = validator.Errors(value) as Violation[];
    return violations.flatMap((violation) => toFieldErrors(schema, violation));
  };
}

function toFieldErrors(
  schema: TSchema,
  { keyword, schemaPath, instancePath, params }: Violation,
): FieldError[] {
  if (keyword === 'required') {
    return (params.requiredProperties as readonly string[]).map((name) => ({
      field: `${instancePath}/${name}`,
      rule: 'required',
      message: 'mangler',
    }));
  }
  const words = at(schema, schemaPath)['x-regel'];
  const message = ruleText(keyword, params, typeof words === 'string' ? words : undefined);
  return [{ field: instancePath, rule: keyword, message }];
}

/** The part of a schema that a path such as `#/properties/fnr` means. */
function at(schema: TSchema, path: string): Record<string, unknown> {
  let part: unknown = schema;
  for (const name of path.split('/').slice(1)) part = (part as Record<string, unknown> | undefined)?.[name];
  return (part ?? {}) as Record<string, unknown>;
}

interface Shape {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
}

export interface ReadForm<T> {
  /** The message in the right form; undefined when too much of it is wrong. */
  readonly value: T | undefined;
  /** What was wrong with it, in order; fields are JSON pointers. */
  readonly faults: readonly FieldError[];
}

/**
 * Reads a message so that all its faults can be told at once: with what is wrong left out, and stand-ins (`''`, 0, `{}`)
 * where something required is missing, the rules that go beyond the form can be asked about the rest. What they then
 * say about a stand-in is a consequence: leave it out with `withoutConsequences`. A message without faults is answered as
 * it is.
 */
export function formReader<S extends TSchema>(schema: S): (message: unknown) => ReadForm<Static<S>> {
  const faultsOf = formFaults(schema);
  return (message) => {
    const faults: FieldError[] = [];
    let value = message;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const found = faultsOf(value);
      if (found.length === 0) return { value: value as Static<S>, faults };
      faults.push(...found);
      value = withStandIns(schema, value, faults);
    }
    return { value: undefined, faults };
  };
}

function withStandIns(schema: TSchema, message: unknown, faults: readonly FieldError[]): unknown {
  const wrong = new Set(faults.map(({ field }) => field));
  return standIn(schema, message, '', wrong);
}

function standIn(schema: TSchema, value: unknown, path: string, wrong: ReadonlySet<string>): unknown {
  const { type, properties, required = [], items, minimum = 0, minLength = 0, maxItems } = schema as Shape;
  const given = wrong.has(path) && !sameKind(type, value) ? undefined : value;
  if (type === 'array') {
    const list = Array.isArray(given) ? given.slice(0, maxItems) : [];
    return items ? list.map((item, nr) => standIn(items, item, `${path}/${nr}`, wrong)) : list;
  }
  if (type === 'object' && properties) {
    const source = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
    const made: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      const below = `${path}/${name}`;
      const there = source[name] !== undefined && (!wrong.has(below) || isNested(property));
      if (there || required.includes(name)) made[name] = standIn(property, source[name], below, wrong);
    }
    return made;
  }
  if (!wrong.has(path) && given !== undefined) return given;
  if (type === 'integer' || type === 'number') return minimum;
  return type === 'boolean' ? false : '-'.repeat(minLength);
}

function isNested(schema: TSchema): boolean {
  const { type } = schema as Shape;
  return type === 'object' || type === 'array';
}

function sameKind(type: unknown, value: unknown): boolean {
  return type === 'array'
    ? Array.isArray(value)
    : typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The faults without those that only follow from an earlier one: on the same field, below one that is missing or of the
 * wrong type, or on a list or object (but for the list's length) in which something is wrong.
 */
export function withoutConsequences(faults: readonly FieldError[]): FieldError[] {
  const kept: FieldError[] = [];
  for (const fault of faults) if (!kept.some((earlier) => follows(earlier, fault))) kept.push(fault);
  return kept;
}

function follows(earlier: FieldError, later: FieldError): boolean {
  const ended = earlier.rule === 'required' || earlier.rule === 'type';
  if (earlier.field === later.field) return ended || later.rule === 'required' || earlier.rule === later.rule;
  if (later.field.startsWith(`${earlier.field}/`)) return ended;
  return earlier.field.startsWith(`${later.field}/`) && later.rule !== 'maxItems';
}

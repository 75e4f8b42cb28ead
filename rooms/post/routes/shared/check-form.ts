import type { FieldError } from '@grunnmur/kernel/errors';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidContent } from '../../service/invalid-content.ts';

/** One violation as the schema library tells it (the keywords of JSON Schema). */
interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'en tekst',
  integer: 'et heltall',
  number: 'et tall',
  boolean: 'true eller false',
  array: 'en liste',
  object: 'et objekt',
};

/**
 * Compiles `schema` once; the function returned answers its argument when it has the right form and otherwise throws
 * `post.invalid` naming every field and rule. Unknown properties are let through: clients may be newer than we.
 */
export function formChecker<S extends TSchema>(schema: S): (value: unknown) => Static<S> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return value as Static<S>;
    throw invalidContent((validator.Errors(value) as Violation[]).flatMap(toFieldErrors));
  };
}

function toFieldErrors({ keyword, instancePath, params }: Violation): FieldError[] {
  if (keyword === 'required') {
    const missing = params.requiredProperties as readonly string[];
    return missing.map((name) => ({
      field: `${instancePath}/${name}`,
      rule: 'required',
      message: 'mangler',
    }));
  }
  return [{ field: instancePath, rule: keyword, message: ruleText(keyword, params) }];
}

function ruleText(keyword: string, params: Readonly<Record<string, unknown>>): string {
  switch (keyword) {
    case 'type':
      return `må være ${typeNames(params.type)}`;
    case 'maxLength':
      return `høyst ${String(params.limit)} tegn`;
    case 'minLength':
      return `minst ${String(params.limit)} tegn`;
    case 'maxItems':
      return `høyst ${String(params.limit)}`;
    case 'enum':
      return `må være en av ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'pattern':
      return `må passe ${String(params.pattern)}`;
    case 'minimum':
      return `minst ${String(params.limit)}`;
    case 'maximum':
      return `høyst ${String(params.limit)}`;
    default:
      return keyword;
  }
}

function typeNames(type: unknown): string {
  return [type]
    .flat()
    .map((name) => TYPE_NAMES[String(name)] ?? String(name))
    .join(' eller ');
}

import { isBlank } from '@grunnmur/kernel/text';
import type { Entry } from '../../types.ts';

/** v1 clients send `''` for what is not set; the same in v2 costs nothing (SvarUt: compatibility traps). */
export function text(value: string | undefined): string | undefined {
  return isBlank(value) ? undefined : value;
}

/** v1 clients send 0 for a number that is not set. */
export function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}

/** The object without its undefined properties. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

/** As {@link defined}, and undefined when nothing is left. */
export function definedOrNothing<T extends object>(value: T): T | undefined {
  const kept = defined(value);
  return Object.keys(kept).length > 0 ? kept : undefined;
}

export function unique<T>(items: readonly T[] | undefined): T[] {
  return [...new Set(items ?? [])];
}

/** Entries without what a client may have put beside key and value. */
export function entries(items: readonly Entry[] | undefined): Entry[] {
  return (items ?? []).map(({ key, value }) => ({ key, value }));
}

/** `Application/PDF ` and `application/pdf` are the same type (RFC 9110 §8.3.1); a PDF has no parameter of use here. */
export function mimeType(value: string): string {
  const [first, ...parameters] = value.split(';');
  const type = first!.trim().toLowerCase();
  return type === 'application/pdf' ? type : [type, ...parameters].join(';');
}

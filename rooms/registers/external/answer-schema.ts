import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** An optional field that the register may also send as `null`. Fields we do not name are ignored. */
export function maybe<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A check compiled once: `true` narrows the value. */
export function checker<T extends TSchema>(schema: T): (value: unknown) => value is Static<T> {
  const compiled = Compile(schema);
  return (value): value is Static<T> => compiled.Check(value);
}

/** Text with a length limit, so that no field of an answer can be a megabyte. */
export function text(maxLength = 300) {
  return Type.String({ maxLength });
}
